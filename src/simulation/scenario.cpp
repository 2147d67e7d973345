#include "simulation/scenario.hpp"

#include <set>

#include "base/text.hpp"
#include "simulation/shift_plan.hpp"

namespace hanse::simulation {
namespace {

using Names = std::vector<std::string_view>;

bool is_known(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Checks a scenario as a whole and tells the reader, with the path from the root.
class Checker {
 public:
  Checker(const Scenario& scenario, JsonReader& reader) : scenario_(scenario), reader_(reader) {
    for (const auto& product : scenario.products) products_.push_back(product.id);
    for (const auto& [name, profile] : scenario.profiles) profiles_.push_back(name);
  }

  void check() {
    if (scenario_.lines.empty()) reader_.error_at("lines", "must have at least one line");
    check_products();
    check_profiles();
    for (std::size_t i = 0; i < scenario_.shifts.size(); ++i) check_shift(scenario_.shifts[i], at("shifts", i));
    for (std::size_t i = 0; i < scenario_.lines.size(); ++i) check_line(scenario_.lines[i], at("lines", i));
  }

 private:
  static std::string at(std::string_view list, std::size_t index) { return fmt::format("{}[{}]", list, index); }

  void unique(const std::string& path, const std::string& id) {
    if (!ids_.insert(id).second) reader_.error_at(path, fmt::format("'{}' is used twice", id));
  }

  void check_products() {
    for (std::size_t i = 0; i < scenario_.products.size(); ++i) {
      const auto& product = scenario_.products[i];
      const auto path = at("products", i);
      if (std::count(products_.begin(), products_.end(), product.id) > 1) {
        reader_.error_at(path + ".id", fmt::format("'{}' is used twice", product.id));
      }
      for (const auto& [component, quantity] : product.components) {
        const auto component_path = path + ".components." + component;
        if (!is_known(products_, component)) {
          reader_.error_at(component_path, unknown_name("product", component, products_));
        } else if (quantity < 1) {
          reader_.error_at(component_path, "must be >= 1");
        } else if (!is_stored(component)) {
          reader_.error_at(component_path, "no line with store_max > 0 makes it");
        }
      }
    }
  }

  bool is_stored(std::string_view product) const {
    return std::any_of(scenario_.lines.begin(), scenario_.lines.end(), [&](const LineSpec& line) {
      return line.store_max > 0 &&
             std::find(line.products.begin(), line.products.end(), product) != line.products.end();
    });
  }

  void check_profiles() {
    for (const auto& [name, profile] : scenario_.profiles) {
      if (profile.scrap_rate + profile.worn_scrap_rate > 1) {
        reader_.error_at("profiles." + name + ".worn_scrap_rate", "must not exceed 1 together with scrap_rate");
      }
    }
  }

  void check_time(const std::string& path, const std::string& text) {
    if (auto time = parse_time_of_day(text); !time) reader_.error_at(path, time.error().message);
  }

  void check_shift(const ShiftSpec& shift, const std::string& path) {
    check_time(path + ".begins", shift.begins);
    check_time(path + ".ends", shift.ends);
    for (std::size_t i = 0; i < shift.days.size(); ++i) {
      if (shift.days[i] < 1 || shift.days[i] > 7)
        reader_.error_at(path + '.' + at("days", i), "must be 1 (Monday) to 7");
    }
    for (std::size_t i = 0; i < shift.breaks.size(); ++i) {
      check_time(path + '.' + at("breaks", i) + ".begins", shift.breaks[i].begins);
    }
  }

  void check_line(const LineSpec& line, const std::string& path) {
    unique(path + ".id", line.id);
    if (line.order_max < line.order_min) reader_.error_at(path + ".order_max", "must be >= order_min");
    if (line.products.empty()) reader_.error_at(path + ".products", "must name at least one product");
    for (std::size_t i = 0; i < line.products.size(); ++i)
      check_product(line.products[i], path + '.' + at("products", i));
    for (std::size_t i = 0; i < line.setups.size(); ++i) {
      const auto setup_path = path + '.' + at("setups", i);
      check_product(line.setups[i].from, setup_path + ".from");
      check_product(line.setups[i].to, setup_path + ".to");
    }
    if (line.stages.empty()) reader_.error_at(path + ".stages", "must have at least one stage");
    for (std::size_t i = 0; i < line.stages.size(); ++i) {
      check_stage(line, line.stages[i], path + '.' + at("stages", i));
    }
  }

  void check_product(const std::string& product, const std::string& path) {
    if (!is_known(products_, product)) reader_.error_at(path, unknown_name("product", product, products_));
  }

  void check_stage(const LineSpec& line, const StageSpec& stage, const std::string& path) {
    for (const auto& product : line.products) {
      const auto cycle = stage.cycle_s.find(product);
      if (cycle == stage.cycle_s.end()) {
        reader_.error_at(path + ".cycle_s", fmt::format("has no cycle time of '{}', which the line makes", product));
      } else if (cycle->second < 0.01 || cycle->second > 1e6) {
        reader_.error_at(path + ".cycle_s." + product, "must be between 0.01 and 1000000");
      }
    }
    if (stage.machines.empty()) reader_.error_at(path + ".machines", "must have at least one machine");
    for (std::size_t i = 0; i < stage.machines.size(); ++i) {
      const auto& machine = stage.machines[i];
      const auto machine_path = path + '.' + at("machines", i);
      unique(machine_path + ".id", machine.id);
      if (!is_known(profiles_, machine.profile)) {
        reader_.error_at(machine_path + ".profile", unknown_name("profile", machine.profile, profiles_));
      }
    }
  }

  const Scenario& scenario_;
  JsonReader& reader_;
  Names products_, profiles_;
  std::set<std::string> ids_;
};

}  // namespace

void Scenario::validate(JsonReader& reader) const { Checker{*this, reader}.check(); }

Result<Scenario> read_scenario(std::string_view text) {
  auto scenario = from_json<Scenario>(text);
  if (!scenario) {
    auto error = std::move(scenario).error();
    if (!error.fields.empty()) error.message = "the scenario has wrong fields";
    return error;
  }
  return scenario;
}

}  // namespace hanse::simulation
