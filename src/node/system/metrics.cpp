#include "node/system/metrics.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace hanse::node {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

double entries_of(const char* folder) {
  std::error_code error;
  const std::filesystem::directory_iterator entries{folder, error};
  return error ? 0 : static_cast<double>(std::distance(begin(entries), end(entries)));
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

void MetricWriter::add(std::string_view name, std::string_view help, std::string_view type, double value,
                       Labels labels) {
  auto& family = families_[std::string{name}];
  family.help = help;
  family.type = type;
  family.samples += name;
  const char* separator = "{";
  for (const auto& [key, text] : labels) {
    family.samples += fmt::format("{}{}=\"{}\"", separator, key, escaped(text));
    separator = ",";
  }
  if (labels.size() > 0) family.samples += '}';
  family.samples += std::isfinite(value) ? fmt::format(" {}\n", value) : std::string{" NaN\n"};
}

std::string MetricWriter::text() const {
  std::string out;
  for (const auto& [name, family] : families_) {
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{3}", name, family.help, family.type, family.samples);
  }
  return out;
}

double resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

void write_process_metrics(MetricWriter& writer) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  writer.counter("process_cpu_seconds_total", "Processor time used.",
                 seconds(usage.ru_utime) + seconds(usage.ru_stime));
  writer.gauge("process_resident_memory_bytes", "Resident memory.", resident_bytes());
  writer.gauge("process_open_fds", "Open files and sockets.", entries_of("/proc/self/fd"));
  writer.gauge("process_threads", "Threads.", entries_of("/proc/self/task"));
}

}  // namespace hanse::node
