#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/connector.hpp"

namespace hanse::connectors {

/// A sink that keeps everything, for tests and for looking at a recording. Every address gets a signal, the same one
/// each time.
class RecordingSink final : public Sink {
 public:
  struct Value {
    std::string address;
    Timestamp time;
    signal::ValueType type = signal::ValueType::null;
    std::string text;  ///< As a person reads it; empty for null.
    signal::Quality quality = signal::Quality::good;
  };

  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override {
    std::vector<signal::SignalId> numbers;
    for (const auto& declaration : declarations) {
      const auto [known, added] = numbers_.try_emplace(declaration.address, addresses_.size() + 1);
      if (added) addresses_.push_back(declaration.address);
      declared[declaration.address] = declaration;
      numbers.push_back(signal::SignalId{static_cast<std::uint32_t>(known->second)});
    }
    return numbers;
  }
  void deliver(signal::SampleBatch batch) override {
    for (const auto& sample : batch.samples) {
      Value value{.address = addresses_[static_cast<std::size_t>(sample.signal) - 1],
                  .time = sample.time,
                  .type = sample.type,
                  .quality = sample.quality};
      if (sample.type == signal::ValueType::text)
        value.text = batch.text(sample);
      else if (sample.type == signal::ValueType::real)
        value.text = fmt::format("{}", sample.real());
      else if (sample.type == signal::ValueType::integer)
        value.text = std::to_string(sample.integer());
      else if (sample.type == signal::ValueType::boolean)
        value.text = sample.boolean() ? "true" : "false";
      values.push_back(std::move(value));
    }
  }
  void notice(Notice notice) override { notices.push_back(std::move(notice)); }

  std::vector<Value> of(std::string_view address) const {
    std::vector<Value> found;
    for (const auto& value : values) {
      if (value.address == address) found.push_back(value);
    }
    return found;
  }
  /// The last value as text; `null` for none, and for a null.
  std::string last(std::string_view address) const {
    const auto all = of(address);
    return all.empty() || all.back().type == signal::ValueType::null ? "null" : all.back().text;
  }
  std::size_t notices_of(NoticeKind kind) const {
    return static_cast<std::size_t>(
        std::count_if(notices.begin(), notices.end(), [&](const Notice& n) { return n.kind == kind; }));
  }

  std::map<std::string, Declaration, std::less<>> declared;
  std::vector<Value> values;
  std::vector<Notice> notices;

 private:
  std::map<std::string, std::size_t, std::less<>> numbers_;
  std::vector<std::string> addresses_;
};

}  // namespace hanse::connectors
