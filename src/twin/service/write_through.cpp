#include "twin/service/write_through.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "twin/model/lexical.hpp"

namespace hanse::twin {
namespace {

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

/// A property's value as the machine's type has it; nothing when that has no such value.
std::optional<std::string> machine_json(std::string_view text, signal::ValueType type) {
  std::string out;
  switch (type) {
    case signal::ValueType::real: {
      const auto number = read_number<double>(text);
      if (!number || !std::isfinite(*number)) return std::nullopt;
      json::append_real(out, *number);
      return out;
    }
    case signal::ValueType::integer: {
      const auto number = read_number<std::int64_t>(text);
      return number ? std::optional{std::to_string(*number)} : std::nullopt;
    }
    case signal::ValueType::boolean:
      if (text == "true" || text == "1") return "true";
      if (text == "false" || text == "0") return "false";
      return std::nullopt;
    case signal::ValueType::text:
      json::append_string(out, text);
      return out;
    case signal::ValueType::null:
      break;
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> ask_machine(Twins& twins, const api::Caller& caller, const BoundPlace& place, const Node& property,
                                JsonRef value) {
  const auto bound = bound_signal(property);
  if (property.of() != Class::Property || bound.empty())
    return fail(ErrorCode::invalid,
                fmt::format("'{}' is bound to no signal; it is changed in the submodel", place.path));
  const auto signals = twins.plant().parts().directory.snapshot();
  const auto* known = signal_named(*signals, bound);
  if (!known)
    return fail(ErrorCode::forbidden,
                fmt::format("'{}' is bound to the signal '{}', which this node doesn't have", place.path, bound));
  if (!twins.machine())
    return fail(ErrorCode::forbidden,
                fmt::format("this node writes nothing at machines: '{}' follows '{}'", place.path, bound));

  // Checked as the property's own type first, on a copy that isn't bound.
  auto loose = property;
  loose.erase(Name::extensions);
  Findings findings;
  apply_value(loose, value, findings, {.name = place.path});
  HANSE_CHECK(findings.as_result("the value"));
  auto json = machine_json(loose.text(Name::value), known->type);
  if (!json)
    return fail(ErrorCode::invalid, fmt::format("'{}': the signal '{}' takes a finite {}", place.path, bound,
                                                describe::enum_name(known->type)));
  auto reason = fmt::format("value of {} in the twin's submodel {}", place.path, place.submodel);
  if (!place.reason.empty()) reason = fmt::format("{} ({})", place.reason, reason);
  return twins.machine()->ask(caller,
                              {.signal = known->number, .value = {*std::move(json)}, .reason = std::move(reason)});
}

Result<api::Response> write_through(Call& call, const Node& property, JsonRef value) {
  const auto& path = call.name("path");
  HANSE_TRY(const auto place, ask_machine(call.twins, call.request.caller,
                                          {.submodel = call.name("sm"), .path = path, .reason = {}}, property, value));
  auto response = message_response(
      "Info", fmt::format("'{}' is written at the machine when a second person approves it: {}", path, place), 202,
      call.twins.clock().now());
  response.headers.emplace_back("Location", place);
  return response;
}

}  // namespace hanse::twin
