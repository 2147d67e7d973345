#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "historian/prometheus_pattern.hpp"

namespace hanse::historian {

/// `asset=~"press-.*"`
struct LabelMatcher {
  enum class Kind { equal, not_equal, like, not_like } kind = Kind::equal;
  std::string label;
  std::string value;
  std::optional<LabelPattern> pattern = {};  ///< Of `like` and `not_like`.
  /// An absent label is an empty text.
  bool matches(std::string_view text) const;
};

/// `power{asset="press-1"}[5m] offset 1h`; the metric name is a matcher of `__name__`.
struct Selector {
  std::vector<LabelMatcher> matchers;
  Duration range{};  ///< Zero: one value at a time.
  Duration offset{};
};

/// One node of a query.
struct PromExpr {
  enum class Kind { number, selector, call, aggregate, binary, negate } kind = Kind::number;
  enum class Type { scalar, vector, range } type = Type::scalar;
  double number = 0;
  Selector selector = {};
  std::string name = {};  ///< Of the function, aggregation (`sum`) or operator (`+`).
  std::vector<PromExpr> parts = {};
  std::vector<std::string> labels = {};  ///< Of `by` and `without`, `on` and `ignoring`.
  bool keep_labels = false;              ///< `by` and `on`; else `without` and `ignoring`.
  bool as_bool = false;                  ///< `== bool`
};

/// Is the operator one of `==`, `!=`, `<`, `>`, `<=`, `>=`?
bool is_comparison(std::string_view sign);

inline constexpr std::size_t kPromQueryBytesMax = 32'768;

/// Reads a query in the part of PromQL that docs/reference/history.md lists. Errors: `invalid`, with the character and
/// what would be right; what PromQL has and this hasn't is named as such.
Result<PromExpr> parse_prom_query(std::string_view text);
/// One selector of single values, as in `match[]`. Errors: `invalid`.
Result<Selector> parse_prom_selector(std::string_view text);
/// `5m`, `1h30m`, `500ms`, `1y`. Errors: `invalid`.
Result<Duration> parse_prom_duration(std::string_view text);

}  // namespace hanse::historian
