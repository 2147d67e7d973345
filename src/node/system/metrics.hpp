#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hanse::node {

/// Collects figures of one scrape and writes them in Prometheus' text format 0.0.4, grouped by name as it demands.
class MetricWriter {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  void gauge(std::string_view name, std::string_view help, double value, Labels labels = {}) {
    add(name, help, "gauge", value, labels);
  }
  /// `name` ends with `_total`.
  void counter(std::string_view name, std::string_view help, double value, Labels labels = {}) {
    add(name, help, "counter", value, labels);
  }
  std::string text() const;

 private:
  struct Family {
    std::string help, type, samples;
  };
  void add(std::string_view name, std::string_view help, std::string_view type, double value, Labels labels);

  std::map<std::string, Family, std::less<>> families_;
};

/// What one part of the node tells at each scrape. Called on the work pool; must not block for long.
using MetricSource = std::function<void(MetricWriter&)>;

/// Memory, processor time, open files and threads of this process.
void write_process_metrics(MetricWriter& writer);
/// Resident memory of this process in bytes; 0 when the system doesn't tell.
double resident_bytes();

}  // namespace hanse::node
