#include "twin/model/findings.hpp"

#include <fmt/format.h>

namespace hanse::twin {

std::string to_string(const Place& place) {
  std::string out = place.above ? to_string(*place.above) : std::string{};
  if (!place.name.empty()) {
    if (!out.empty()) out += '.';
    out += place.name;
  }
  if (place.index >= 0) out += fmt::format("[{}]", place.index);
  return out;
}

void Findings::add(TwinFinding finding) {
  ++(finding.severity == Severity::error ? errors_ : warnings_);
  if (items_.size() < kKeptMax) items_.push_back(std::move(finding));
}

void Findings::add(Severity severity, const Place& place, std::string_view rule, std::string message) {
  add({.severity = severity, .path = to_string(place), .rule = std::string{rule}, .message = std::move(message)});
}

Result<void> Findings::as_result(std::string_view what) const {
  if (errors_ == 0) return {};
  constexpr std::size_t kTold = 50;
  std::vector<FieldError> fields;
  for (const auto& finding : items_) {
    if (finding.severity == Severity::error && fields.size() < kTold)
      fields.push_back({finding.path, fmt::format("{} ({})", finding.message, finding.rule)});
  }
  return fail(ErrorCode::invalid, fmt::format("{} is not as the standard has it: {} errors", what, errors_),
              std::move(fields));
}

}  // namespace hanse::twin
