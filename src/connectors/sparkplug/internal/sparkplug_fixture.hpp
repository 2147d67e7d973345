#pragma once

#include <gtest/gtest.h>

#include <map>

#include "connectors/sparkplug/host_session.hpp"

namespace hanse::connectors::sparkplug {

/// Keeps what a session says, by address.
class KeepingSink final : public Sink {
 public:
  struct Value {
    signal::Sample sample;
    std::string text;
  };
  std::vector<signal::SignalId> declare(std::span<const Declaration> wanted) override {
    ++declare_calls;
    std::vector<signal::SignalId> out;
    for (const auto& declaration : wanted) {
      const auto next = static_cast<std::uint32_t>(numbers.size() + 1);
      const auto number = numbers.try_emplace(declaration.address, next).first->second;
      addresses[number] = declaration.address;
      declared[declaration.address] = declaration;
      out.push_back(signal::SignalId{number});
    }
    return out;
  }
  void deliver(signal::SampleBatch batch) override {
    for (const auto& sample : batch.samples) {
      Value value{sample, sample.type == signal::ValueType::text ? std::string{batch.text(sample)} : ""};
      values[addresses[static_cast<std::uint32_t>(sample.signal)]].push_back(value);
      ++samples;
    }
  }
  void notice(Notice notice) override { notices.push_back(std::move(notice)); }

  const Value& last(const std::string& address) {
    EXPECT_TRUE(values.contains(address)) << address;
    static const Value none{};
    return values[address].empty() ? none : values[address].back();
  }
  std::size_t count(NoticeKind kind) const {
    return static_cast<std::size_t>(
        std::count_if(notices.begin(), notices.end(), [&](const auto& notice) { return notice.kind == kind; }));
  }

  std::map<std::string, std::uint32_t> numbers;
  std::map<std::uint32_t, std::string> addresses;
  std::map<std::string, Declaration> declared;
  std::map<std::string, std::vector<Value>> values;
  std::vector<Notice> notices;
  std::size_t samples = 0, declare_calls = 0;
};

/// A metric as an edge would send it. Texts must outlive the encoding.
struct TestMetric {
  std::string name;
  std::optional<std::uint64_t> alias;
  DataType type = DataType::unknown;
  RawValue value;
  bool historical = false;
  bool null = false;
  std::uint64_t time_ms = 0;
  std::string properties = {};
};

inline std::string test_payload(std::optional<std::uint64_t> seq, const std::vector<TestMetric>& metrics,
                                std::uint64_t time_ms) {
  Payload payload{.timestamp_ms = time_ms, .seq = seq};
  for (const auto& metric : metrics) {
    payload.metrics.push_back({.name = metric.name,
                               .alias = metric.alias,
                               .timestamp_ms = metric.time_ms ? metric.time_ms : time_ms,
                               .datatype = metric.type,
                               .is_historical = metric.historical,
                               .is_null = metric.null,
                               .value = metric.value,
                               .properties = metric.properties});
  }
  return encode(payload);
}

}  // namespace hanse::connectors::sparkplug
