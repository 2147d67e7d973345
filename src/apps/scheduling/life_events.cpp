#include "apps/scheduling/life_events.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::apps::scheduling {
namespace {

namespace solver = optimiser::scheduling;

solver::Event event_of(solver::EventKind kind, solver::Seconds at, std::string text) {
  solver::Event event;
  event.kind = kind;
  event.at = at;
  event.text = std::move(text);
  return event;
}

void add_machines(const Situation& situation, const Model& model, std::vector<solver::Event>& out) {
  for (std::uint32_t i = 0; i < model.machines.size(); ++i) {
    const auto down = situation.down.find(model.machines[i]);
    if (down == situation.down.end()) continue;
    const auto* asset = situation.plant->asset(down->first);
    auto event = event_of(solver::EventKind::machine_down, std::max(0, model.seconds(down->second.since)),
                          fmt::format("{} is down: {}", asset ? asset->name : down->first.value, down->second.reason));
    event.until = model.seconds(down->second.until);
    event.machine = solver::MachineIndex{i};
    out.push_back(std::move(event));
  }
}

void add_absences(const Situation& situation, const Model& model, std::vector<solver::Event>& out) {
  std::map<std::string, std::uint32_t> people;
  for (std::uint32_t i = 0; i < model.people.size(); ++i) people[model.people[i]] = i;
  for (const auto& [id, absence] : situation.ledger->absences) {
    const auto crew = situation.ledger->operators.find(absence.person);
    if (absence.end <= situation.now || crew == situation.ledger->operators.end()) continue;
    const auto members = absence.count == 0 ? crew->second.count : std::min(absence.count, crew->second.count);
    for (std::int64_t member = 0; member < members; ++member) {
      const auto person = people.find(person_name(crew->second, member));
      if (person == people.end()) continue;
      const auto& name = crew->second.name.empty() ? crew->first : crew->second.name;
      auto event = event_of(solver::EventKind::operator_absent, std::max(0, model.seconds(absence.begin)),
                            with_reason(fmt::format("{} is absent", name), absence.reason));
      event.until = model.seconds(absence.end);
      event.person = solver::OperatorIndex{person->second};
      out.push_back(std::move(event));
    }
  }
}

/// Only material that comes after its operation was to begin.
void add_material(const Situation& situation, const Model& model, std::vector<solver::Event>& out) {
  std::map<OperationKey, Timestamp> planned;
  for (const auto& one : situation.current->operations) planned[{one.order, one.step}] = one.start;
  std::map<std::string, std::vector<std::uint32_t>> of_order;
  for (std::uint32_t i = 0; i < model.keys.size(); ++i) of_order[model.keys[i].order].push_back(i);
  for (const auto& [id, arrival] : situation.ledger->arrivals) {
    if (arrival.at <= situation.now) continue;
    const auto operations = of_order.find(arrival.order);
    if (operations == of_order.end()) continue;
    for (const auto i : operations->second) {
      const auto start = planned.find(model.keys[i]);
      if (!arrival.step.empty() && arrival.step != model.keys[i].step) continue;
      if (model.running[i] || start == planned.end() || arrival.at <= start->second) continue;
      auto event = event_of(
          solver::EventKind::material_late, model.now,
          with_reason(fmt::format("{} comes at {}", arrival.material.empty() ? "its material" : arrival.material,
                                  to_string(arrival.at)),
                      arrival.reason));
      event.until = model.seconds(arrival.at);
      event.operation = solver::OperationIndex{i};
      out.push_back(std::move(event));
    }
  }
}

Error missing(std::string field, std::string message) {
  return fail(ErrorCode::invalid, "what happened can't be understood", {{std::move(field), std::move(message)}});
}

/// Ids are made of letters, digits, dots, hyphens and underscores; the same event told again changes its record.
std::string id_of(std::initializer_list<std::string_view> parts) {
  std::string id;
  for (const auto part : parts) {
    if (part.empty()) continue;
    if (!id.empty()) id += '.';
    for (const char c : part) {
      const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                         c == '_' || c == '.' || c == '~';
      id += plain ? c : '-';
    }
  }
  return id;
}

Result<ToldRecord> late_material(const Ledger& ledger, const TellRequest& request) {
  if (!ledger.orders.contains(request.order))
    return missing("order", fmt::format("must be the id of a production order; there is no '{}'", request.order));
  if (!request.until) return missing("until", "is needed: when the material is there");
  ToldRecord out;
  out.arrival = MaterialArrival{.id = id_of({request.order, request.step, request.material}),
                                .order = request.order,
                                .step = request.step,
                                .material = request.material,
                                .at = *request.until,
                                .reason = request.reason};
  return out;
}

Result<ToldRecord> absent_operator(const Ledger& ledger, const TellRequest& request, Timestamp now) {
  if (!ledger.operators.contains(request.person))
    return missing("person", fmt::format("must be the id of an operator; there is no '{}'", request.person));
  if (!request.until) return missing("until", "is needed: when the person is back");
  const auto from = request.from.value_or(now);
  if (*request.until <= from) return missing("until", "must be after from");
  ToldRecord out;
  out.absence = Absence{.id = id_of({request.person, std::to_string(from.ns / 1'000'000'000)}),
                        .person = request.person,
                        .count = request.count,
                        .begin = from,
                        .end = *request.until,
                        .reason = request.reason};
  return out;
}

Result<ToldRecord> other_fleet(const Ledger& ledger, const TellRequest& request) {
  if (ledger.transport.empty())
    return fail(ErrorCode::not_found, "there is no transport network yet: make one first, with its vehicles");
  ToldRecord out;
  auto& network = out.network.emplace(ledger.transport.begin()->second);
  const auto count = std::max<std::int64_t>(1, request.count);
  const bool lost = request.kind == TellKind::vehicle_lost;
  network.out_of_service += lost ? count : -count;
  network.reason = lost || network.out_of_service > 0 ? request.reason : std::string{};
  if (network.out_of_service < 0)
    return missing("count",
                   fmt::format("must be at most the {} that are out of service", network.out_of_service + count));
  if (lost && network.out_of_service >= network.vehicles) {
    return missing("count", network.vehicles == 0
                                ? std::string{"the network has as many vehicles as needed: give it a number first"}
                                : fmt::format("must leave one of the {} vehicles; {} are out of service already",
                                              network.vehicles, network.out_of_service - count));
  }
  return out;
}

Result<ToldRecord> other_prices(const Ledger& ledger, const TellRequest& request) {
  if (request.prices.empty()) return missing("prices", "are needed: from when, and what a megawatt hour costs");
  if (ledger.tariffs.empty())
    return fail(ErrorCode::not_found, "there is no energy tariff yet: make one first, with what the machines draw");
  ToldRecord out;
  auto& tariff = out.tariff.emplace(ledger.tariffs.begin()->second);
  tariff.prices = request.prices;
  tariff.reason = request.reason;
  return out;
}

}  // namespace

std::vector<solver::Event> life_events(const Situation& situation, const Model& model, bool new_prices) {
  std::vector<solver::Event> out;
  add_machines(situation, model, out);
  add_absences(situation, model, out);
  add_material(situation, model, out);
  for (const auto& [id, network] : situation.ledger->transport) {
    if (network.out_of_service == 0) continue;
    out.push_back(
        event_of(solver::EventKind::vehicle_lost, model.now,
                 with_reason(fmt::format("{} of {} vehicles out of service", network.out_of_service, network.vehicles),
                             network.reason)));
  }
  for (const auto& [id, tariff] : situation.ledger->tariffs) {
    if (!new_prices) continue;
    auto event =
        event_of(solver::EventKind::price_change, model.now, with_reason("energy has other prices", tariff.reason));
    event.tariff = model.problem.tariff;
    out.push_back(std::move(event));
  }
  return out;
}

Result<ToldRecord> record_of(const Ledger& ledger, const TellRequest& request, Timestamp now) {
  switch (request.kind) {
    case TellKind::material_late:
      return late_material(ledger, request);
    case TellKind::operator_absent:
      return absent_operator(ledger, request, now);
    case TellKind::vehicle_lost:
    case TellKind::vehicle_back:
      return other_fleet(ledger, request);
    case TellKind::price_change:
      return other_prices(ledger, request);
  }
  return missing("kind", "is of no known kind");
}

}  // namespace hanse::apps::scheduling
