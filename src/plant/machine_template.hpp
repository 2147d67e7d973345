#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "signal/signal.hpp"

namespace hanse::plant {

/// One value that machines of a kind offer: what it means, and under which addresses it is found.
struct TemplateSignal {
  std::string name;
  signal::Meaning meaning = signal::Meaning::other;
  signal::ValueType type = signal::ValueType::real;
  std::string unit;
  signal::Interpolation interpolation = signal::Interpolation::step;
  std::optional<double> low, high;
  std::string description;
  /// By protocol, patterns of the address or of its last part; `*` stands for any text, case doesn't count. The first
  /// signal that matches takes the address.
  std::map<std::string, std::vector<std::string>> addresses;
  friend bool operator==(const TemplateSignal&, const TemplateSignal&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "name", .summary = "Unique within the machine.", .required = true}};
  }
};
HANSE_DESCRIBE(TemplateSignal, (name, meaning, type, unit, interpolation, low, high, description, addresses))

/// A kind of machine: choosing it replaces mapping its values one by one.
struct MachineTemplate {
  std::string id;
  std::string title;
  std::string summary;
  std::string kind;  ///< Asset kind that it gives: `cnc`.
  std::string manufacturer, model;
  std::string state_rules;  ///< Which rules turn its execution into a machine state: `mtconnect`, `packml`, `plain`.
  std::vector<TemplateSignal> signals;
  /// By protocol, a connection's settings with `${host}`, `${port}`, `${topic}`, `${unit:1}` (with a default) to be
  /// filled in.
  std::map<std::string, RawJson> settings;
  friend bool operator==(const MachineTemplate&, const MachineTemplate&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .summary = "Lower-case letters, digits and hyphens.", .required = true},
                      FieldNote{.field = "title", .summary = "As shown in lists.", .required = true}};
  }
};
HANSE_DESCRIBE(MachineTemplate, (id, title, summary, kind, manufacturer, model, state_rules, signals, settings))

/// The templates that Hanse knows: files in scenarios/templates, built into the program.
class TemplateBook {
 public:
  static Result<TemplateBook> built_in();
  /// Errors: `invalid`, naming the template and the field.
  static Result<TemplateBook> parse(std::span<const std::string_view> documents);
  const MachineTemplate* find(std::string_view id) const;
  const std::map<std::string, MachineTemplate, std::less<>>& all() const { return templates_; }

 private:
  std::map<std::string, MachineTemplate, std::less<>> templates_;
};

/// The template's signal for an address; null when none fits.
const TemplateSignal* match(const MachineTemplate& machine, std::string_view protocol, std::string_view address);
/// True when `text` fits `pattern`, where `*` stands for any text; ASCII case doesn't count.
bool matches(std::string_view pattern, std::string_view text);
/// A protocol's settings with the placeholders filled from `values`; a quoted placeholder that stands alone and gets a
/// number loses its quotes. Errors: `invalid` naming the placeholder that has no value.
Result<std::string> fill_settings(const RawJson& settings, const std::map<std::string, std::string>& values);

}  // namespace hanse::plant
