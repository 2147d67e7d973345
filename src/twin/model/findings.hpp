#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"
#include "base/result.hpp"

namespace hanse::twin {

enum class Severity { error, warning };
HANSE_DESCRIBE_ENUM(Severity, error, warning)

/// One thing wrong with a document.
struct TwinFinding {
  Severity severity = Severity::error;
  std::string path;     ///< `submodels[0].submodelElements[3].valueType`
  std::string rule;     ///< The constraint, as in `AASd-117`; else what kind of rule: `type`, `length`, `value`, ...
  std::string message;  ///< What would be right, and what was done about it.
  friend bool operator==(const TwinFinding&, const TwinFinding&) = default;
};
HANSE_DESCRIBE(TwinFinding, (severity, path, rule, message))

/// Where one is in a document: made on the stack as one goes down, and turned to text only when there is something to
/// tell.
struct Place {
  const Place* above = nullptr;
  std::string_view name = {};
  std::ptrdiff_t index = -1;
};
std::string to_string(const Place& place);

/// What is wrong, in order of the document. Keeps so many and counts the rest.
class Findings {
 public:
  static constexpr std::size_t kKeptMax = 1000;
  void error(const Place& place, std::string_view rule, std::string message) {
    add(Severity::error, place, rule, std::move(message));
  }
  void warning(const Place& place, std::string_view rule, std::string message) {
    add(Severity::warning, place, rule, std::move(message));
  }
  void add(TwinFinding finding);
  const std::vector<TwinFinding>& items() const { return items_; }
  std::size_t errors() const { return errors_; }
  std::size_t warnings() const { return warnings_; }
  /// An error that names each finding; nothing when there is no error among them.
  Result<void> as_result(std::string_view what) const;

 private:
  void add(Severity severity, const Place& place, std::string_view rule, std::string message);
  std::vector<TwinFinding> items_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

}  // namespace hanse::twin
