#include "apps/scheduling/resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "apps/scheduling/records.hpp"

namespace hanse::apps::scheduling {
namespace {

void check_asset(std::vector<FieldError>& errors, const plant::Records& plant, const AssetId& id, std::string path) {
  if (!plant.asset(id)) errors.push_back({std::move(path), fmt::format("there is no asset '{}'", id.value)});
}

/// The plan knows one of this kind; which one would count is nothing to guess.
template <class T>
void check_only_one(std::vector<FieldError>& errors, const std::map<std::string, T>& known, const T& record,
                    std::string_view word) {
  for (const auto& [id, other] : known) {
    if (id == record.id) continue;
    errors.push_back({"id", fmt::format("must be '{}': a plant has one {}, and that is it", id, word)});
    return;
  }
}

}  // namespace

void Operator::validate(JsonReader& reader) const {
  std::set<std::string> known;
  for (std::size_t i = 0; i < skills.size(); ++i) {
    if (skills[i].empty()) reader.error_at(fmt::format("skills[{}]", i), "must not be empty");
    if (!known.insert(skills[i]).second)
      reader.error_at(fmt::format("skills[{}]", i), fmt::format("'{}' is there twice", skills[i]));
  }
}

void Absence::validate(JsonReader& reader) const {
  if (end <= begin) reader.error_at("end", "must be after its begin");
}

void TransportNetwork::validate(JsonReader& reader) const {
  if (out_of_service > 0 && vehicles == 0) {
    reader.error_at("out_of_service", "must be 0 while vehicles is 0: then there are as many as needed");
  } else if (out_of_service > 0 && out_of_service >= vehicles) {
    reader.error_at("out_of_service",
                    fmt::format("must be less than the {} vehicles: without any nothing could be planned", vehicles));
  }
}

void EnergyTariff::validate(JsonReader& reader) const {
  for (std::size_t i = 1; i < prices.size(); ++i) {
    if (prices[i].from <= prices[i - 1].from)
      reader.error_at(fmt::format("prices[{}].from", i), "must be after the one before");
  }
}

std::vector<FieldError> check(const plant::Records& plant, const Ledger&, const Operator& person) {
  if (person.calendar.empty() || plant.calendars.contains(person.calendar)) return {};
  return {{"calendar", fmt::format("there is no calendar '{}'", person.calendar)}};
}

std::vector<FieldError> check(const plant::Records&, const Ledger& ledger, const Absence& absence) {
  const auto person = ledger.operators.find(absence.person);
  if (person == ledger.operators.end()) return {{"person", fmt::format("there is no operator '{}'", absence.person)}};
  if (absence.count <= person->second.count) return {};
  return {
      {"count", fmt::format("must be at most {}: there are no more of '{}'", person->second.count, absence.person)}};
}

std::vector<FieldError> check(const plant::Records&, const Ledger& ledger, const MaterialArrival& arrival) {
  const auto order = ledger.orders.find(arrival.order);
  if (order == ledger.orders.end()) return {{"order", fmt::format("there is no production order '{}'", arrival.order)}};
  const auto* routing = ledger.routing_of(order->second);
  if (arrival.step.empty() || !routing) return {};
  const bool known = std::any_of(routing->steps.begin(), routing->steps.end(),
                                 [&](const RoutingStep& step) { return step.id == arrival.step; });
  if (known) return {};
  return {
      {"step", fmt::format("routing '{}' of order '{}' has no step '{}'", routing->id, arrival.order, arrival.step)}};
}

std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const TransportNetwork& network) {
  std::vector<FieldError> errors;
  check_only_one(errors, ledger.transport, network, "transport network");
  for (std::size_t i = 0; i < network.ways.size(); ++i) {
    check_asset(errors, plant, network.ways[i].from, fmt::format("ways[{}].from", i));
    check_asset(errors, plant, network.ways[i].to, fmt::format("ways[{}].to", i));
  }
  return errors;
}

std::vector<FieldError> check(const plant::Records& plant, const Ledger& ledger, const EnergyTariff& tariff) {
  std::vector<FieldError> errors;
  check_only_one(errors, ledger.tariffs, tariff, "energy tariff");
  for (std::size_t i = 0; i < tariff.machines.size(); ++i)
    check_asset(errors, plant, tariff.machines[i].machine, fmt::format("machines[{}].machine", i));
  return errors;
}

std::string with_reason(std::string sentence, const std::string& reason) {
  return reason.empty() ? sentence : sentence + ": " + reason;
}

}  // namespace hanse::apps::scheduling
