#include <array>

#include "base/random.hpp"
#include "programme/internal/network.hpp"
#include "programme/scenarios.hpp"

namespace hanse::programme {
namespace {

struct Pitch {
  std::string_view id, title, text;
  Desk desk;
  Stage stage;
  double value;
};
constexpr std::array<Pitch, 10> kPitches{
    {{"spindle-bearings", "Spindle bearings fail without warning", "Two to four unplanned stops a year and machine.",
      Desk::club, Stage::pilot, 180'000},
     {"pallet-tracking", "Returnable pallets are lost between members", "A tenth is bought anew each year.", Desk::club,
      Stage::agreed, 95'000},
     {"first-part-scrap", "The first parts after a set-up are scrap", "Three to eight parts at each change.",
      Desk::club, Stage::cohort, 140'000},
     {"compressed-air", "Nobody knows what compressed air costs", "Leaks run over week-ends.", Desk::club,
      Stage::result, 60'000},
     {"certificates", "Material certificates arrive after the goods", "Goods wait in receiving for a day.", Desk::club,
      Stage::pitched, 40'000},
     {"operator-training", "Each member trains operators alone", "The same course, eight people each time.", Desk::club,
      Stage::pitched, 75'000},
     {"weld-images", "Weld seams are judged by eye", "Judgements differ between shifts.", Desk::analytics, Stage::pilot,
      120'000},
     {"demand-noise", "Weekly demand swings more than the market", "Forecasts are passed on with a safety each.",
      Desk::analytics, Stage::cohort, 210'000},
     {"tool-life", "Tools are changed too early", "By the clock and not by wear.", Desk::analytics, Stage::pitched,
      85'000},
     {"energy-peaks", "Peaks set the price of electricity", "Furnaces start together.", Desk::club, Stage::pitched,
      110'000}}};

/// What each stage needs is said, as the board asks for it.
BoardProblem problem_of(const Pitch& pitch, const std::vector<std::string>& members, Random& random) {
  BoardProblem out{.id = std::string{pitch.id}, .title = std::string{pitch.title}, .text = std::string{pitch.text}};
  out.desk = pitch.desk;
  out.stage = pitch.stage;
  out.value = pitch.value;
  const auto anybody = [&] { return members[static_cast<std::size_t>(random.integer(0, std::ssize(members) - 1))]; };
  const auto add = [&](std::vector<std::string>& list) {
    auto member = anybody();
    if (member != out.owner && std::find(list.begin(), list.end(), member) == list.end())
      list.push_back(std::move(member));
  };
  out.owner = anybody();
  const auto votes = random.integer(1, 9) + (pitch.stage > Stage::pitched ? 5 : 0);
  for (std::int64_t i = 0; i < votes; ++i) add(out.votes);
  if (pitch.desk == Desk::analytics) {
    out.data = "At the owner's node, one year, readable under an agreement.";
    if (pitch.stage > Stage::pitched) out.triage = "Feasible: labelled data is there. Two people for eight weeks.";
  }
  if (pitch.stage >= Stage::cohort) {
    out.cohort = {out.owner};
    while (out.cohort.size() < 4) add(out.cohort);
  }
  if (pitch.stage >= Stage::agreed)
    out.agreement = "Equal shares of the cost; data stays with its owner; the result is free to the cohort.";
  if (pitch.stage >= Stage::pilot) {
    out.success_measure = "Half of the loss is gone within three months.";
    out.pilot = "At the owner's works, one line.";
  }
  if (pitch.stage >= Stage::result) {
    out.result = "Meters at twelve points; two fifths of the leaks closed in six weeks.";
    for (int i = 0; i < 5; ++i) add(out.reused_by);
  }
  return out;
}

}  // namespace

Result<void> seed_problem_club(ecosystem::Ecosystem& ecosystem, Programme& programme, const store::Actor& actor,
                               const ProblemClub& scenario) {
  HANSE_TRY(const auto there, programme.collection<BoardProblem>().find(kPitches.front().id));
  if (there) return {};
  Random random{scenario.seed};
  internal::Network network;
  std::vector<std::string> members;
  for (int i = 0; i < scenario.members; ++i) {
    members.push_back(fmt::format("club-{:02}", i + 1));
    network.organisations.push_back(
        {.id = members.back(), .name = fmt::format("Club member {}", i + 1), .country = i % 3 == 0 ? "DE" : "US"});
    network.organisations.back().roles = {{ecosystem::Domain::production, ecosystem::Participant::manufacturer}};
  }
  HANSE_CHECK(network.write(ecosystem, actor));
  for (const auto& pitch : kPitches) HANSE_CHECK(programme.put(actor, problem_of(pitch, members, random)));
  for (const auto& pitch : kPitches) {
    if (pitch.stage < Stage::agreed) continue;
    HANSE_TRY(const auto problem, programme.collection<BoardProblem>().get(pitch.id));
    for (const auto& member : problem.record.cohort) {
      Investment investment{.id = fmt::format("{}.{}", pitch.id, member), .problem = std::string{pitch.id}};
      investment.organisation = member;
      investment.text = "Share of the pilot";
      investment.amount = pitch.value / 10;
      investment.returns = {{member, "Use of the result"}};
      HANSE_CHECK(programme.put(actor, investment));
    }
  }
  return {};
}

}  // namespace hanse::programme
