#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"
#include "historian/prometheus_functions.hpp"
#include "historian/prometheus_pattern.hpp"
#include "historian/prometheus_syntax.hpp"

namespace {

using namespace hanse::historian;

/// What the evaluation takes for granted of a query that was read.
void check(const PromExpr& expr) {
  using Kind = PromExpr::Kind;
  if (expr.kind == Kind::selector) HANSE_ASSERT(!expr.selector.matchers.empty());
  if (expr.kind == Kind::binary) HANSE_ASSERT(expr.parts.size() == 2 && !expr.name.empty());
  if (expr.kind == Kind::aggregate)
    HANSE_ASSERT(expr.parts.size() == 1 && expr.parts[0].type == PromExpr::Type::vector);
  if (expr.kind == Kind::call) {
    const auto* function = find_prom_function(expr.name);
    HANSE_ASSERT(function && expr.parts.size() <= function->arguments.size());
    for (std::size_t i = 0; i < expr.parts.size(); ++i) HANSE_ASSERT(expr.parts[i].type == function->arguments[i]);
    if (function->over_range) HANSE_ASSERT(expr.parts[0].kind == Kind::selector);
  }
  for (const auto& part : expr.parts) check(part);
}

}  // namespace

/// Any text as a query, and as a pattern that is tried on itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto query = parse_prom_query(text)) check(*query);
  if (const auto pattern = LabelPattern::create(text)) (void)pattern->matches(text.substr(0, 200));
  return 0;
}
