#pragma once

#include <vector>

#include "connectors/connector.hpp"

namespace hanse::connectors::mtconnect::internal {

/// A sink that keeps the last value of each declaration, for "test this connection".
class BrowsedValues final : public Sink {
 public:
  std::vector<signal::SignalId> declare(std::span<const Declaration> declarations) override;
  void deliver(signal::SampleBatch batch) override;
  void notice(Notice) override {}
  bool empty() const { return values_.empty(); }
  std::vector<BrowsedValue> take() { return std::move(values_); }

 private:
  std::vector<BrowsedValue> values_;
};

}  // namespace hanse::connectors::mtconnect::internal
