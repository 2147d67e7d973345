#include <fmt/format.h>

#include "programme/ventilator.hpp"

namespace hanse::programme {
namespace {

constexpr Duration kDay = std::chrono::hours{24};

}  // namespace

Result<void> seed_convening(Programme& programme, const store::Actor& actor, const VentilatorScenario& scenario) {
  const std::string need = "ventilator";
  HANSE_TRY(const auto there, programme.collection<Milestone>().find("ventilator.first-unit"));
  if (there) return {};
  const auto day = [&](int number) { return scenario.start + number * kDay; };
  const auto milestone = [&](std::string_view id, std::string title, std::string owner, int due,
                             std::optional<int> reached) -> Result<void> {
    Milestone record{.id = fmt::format("{}.{}", need, id), .need = need, .title = std::move(title)};
    record.owner = std::move(owner);
    record.due = day(due);
    if (reached) record.reached = day(*reached);
    HANSE_CHECK(programme.put(actor, record));
    return {};
  };
  HANSE_CHECK(milestone("approval", "Both designs are approved for clinical use", "convener", 14, 16));
  HANSE_CHECK(milestone("first-unit", "The first unit leaves assembly", "consortium-01", 35, 33));
  HANSE_CHECK(milestone("half", "Half of the units are delivered", "convener", 77, {}));
  HANSE_CHECK(milestone("all", "All units are delivered", "convener", 98, {}));

  const auto request = [&](std::string_view id, std::string title, double units, double cost, RequestState state,
                           std::string text) -> Result<void> {
    ChangeRequest record{.id = fmt::format("{}.{}", need, id), .need = need, .title = std::move(title)};
    record.text = std::move(text);
    record.asked_by = "convener";
    record.units = units;
    record.cost = cost;
    record.state = state;
    if (state != RequestState::asked) {
      record.decided_by = "steering group";
      record.decided = day(30);
    }
    HANSE_CHECK(programme.put(actor, record));
    return {};
  };
  HANSE_CHECK(request("alarms", "A second alarm sounder in each unit", 0, 60'000, RequestState::accepted,
                      "Asked for by the regulator's tests."));
  HANSE_CHECK(request("training", "Training at hospitals", 0, 400'000, RequestState::refused,
                      "Not in the charter; the makers of ward equipment offer it."));
  HANSE_CHECK(request("reserve", "A reserve for two more regions", 800, 2'100'000, RequestState::asked,
                      "The regions ask for a tenth each of what the south gets."));

  const auto task = [&](std::string_view id, std::string what, std::string accountable,
                        std::vector<std::string> responsible, std::vector<std::string> consulted) -> Result<void> {
    Responsibility record{.id = fmt::format("{}.{}", need, id), .need = need, .task = std::move(what)};
    record.accountable = std::move(accountable);
    record.responsible = std::move(responsible);
    record.consulted = std::move(consulted);
    HANSE_CHECK(programme.put(actor, record));
    return {};
  };
  HANSE_CHECK(task("plan", "The plan over all tiers and its repairs", "convener", {"convener"}, {"consortium-01"}));
  HANSE_CHECK(task("assembly", "Final assembly and test", "consortium-01",
                   {"consortium-01", "consortium-02", "consortium-03"}, {scenario.own}));
  HANSE_CHECK(task("valves", "Valve bodies", scenario.own, {scenario.own}, {"consortium-01"}));

  Decision chips{
      .id = need + ".chips", .need = need, .title = "Flow chips are bought from brokers for the first weeks"};
  chips.text = "Ten weeks of lead time are too long for the first units. Turned down: a design without the chip.";
  chips.decided_by = "steering group";
  chips.decided = day(2);
  HANSE_CHECK(programme.put(actor, chips));

  Investment fixtures{.id = need + ".fixtures", .need = need, .organisation = scenario.own};
  fixtures.contribution = Contribution::machines;
  fixtures.amount = 90'000;
  fixtures.text = "Fixtures for valve bodies";
  fixtures.returns = {{scenario.own, "Keeps the fixtures afterwards"}};
  HANSE_CHECK(programme.put(actor, fixtures));
  return {};
}

}  // namespace hanse::programme
