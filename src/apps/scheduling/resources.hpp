#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "base/json.hpp"
#include "plant/equipment.hpp"
#include "store/store.hpp"

// What a plan needs besides machines: people with skills, material, ways and vehicles, energy at its price.

namespace hanse::apps::scheduling {

using plant::AssetId;

/// A person, or several who are the same to the plan: the welders of the early shift.
struct Operator {
  std::string id;
  std::string name;
  std::vector<std::string> skills;
  std::string calendar;  ///< Id of one of the plant's; empty: always there.
  std::int64_t count = 1;
  friend bool operator==(const Operator&, const Operator&) = default;
  void validate(JsonReader& reader) const;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "Never changes.", .length_max = 100, .required = true},
        FieldNote{.field = "name", .summary = "What people call them.", .length_max = 200},
        FieldNote{.field = "skills", .summary = "What they can do.", .length_max = 100, .required = true},
        FieldNote{.field = "calendar", .summary = "Id of a calendar; empty for always.", .length_max = 100},
        FieldNote{.field = "count", .summary = "How many such people there are.", .min = 1, .max = 1000}};
  }
};
HANSE_DESCRIBE(Operator, (id, name, skills, calendar, count))

/// People who aren't there although their calendar says so.
struct Absence {
  std::string id;
  std::string person;      ///< Id of an operator.
  std::int64_t count = 0;  ///< How many of them; 0: all.
  Timestamp begin, end;
  std::string reason;
  friend bool operator==(const Absence&, const Absence&) = default;
  void validate(JsonReader& reader) const;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "Never changes.", .length_max = 200, .required = true},
        FieldNote{.field = "person", .summary = "Id of an operator.", .length_max = 100, .required = true},
        FieldNote{.field = "count", .summary = "How many of them; 0 for all.", .min = 0, .max = 1000},
        FieldNote{.field = "begin", .summary = "From when.", .required = true},
        FieldNote{.field = "end", .summary = "Until when.", .required = true},
        FieldNote{.field = "reason", .summary = "Why, as people should read it.", .length_max = 200}};
  }
};
HANSE_DESCRIBE(Absence, (id, person, count, begin, end, reason))

/// When the material of an order is there.
struct MaterialArrival {
  std::string id;
  std::string order;
  std::string step;  ///< That needs it; empty: nothing of the order begins without.
  std::string material;
  Timestamp at;
  std::string reason;  ///< Why it comes then.
  friend bool operator==(const MaterialArrival&, const MaterialArrival&) = default;
  static std::vector<store::IndexField> index(const MaterialArrival& arrival) { return {{"order", arrival.order}}; }
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "Never changes.", .length_max = 200, .required = true},
        FieldNote{.field = "order", .summary = "Id of a production order.", .length_max = 100, .required = true},
        FieldNote{.field = "step", .summary = "Step that needs it; empty for the whole order.", .length_max = 100},
        FieldNote{.field = "material", .summary = "What comes.", .length_max = 200},
        FieldNote{.field = "at", .summary = "When it is there.", .required = true},
        FieldNote{.field = "reason", .summary = "Why then, as people should read it.", .length_max = 200}};
  }
};
HANSE_DESCRIBE(MaterialArrival, (id, order, step, material, at, reason))

/// How long parts take from one place to another, and back unless the other way has a time of its own.
struct TransportWay {
  AssetId from, to;  ///< A machine, or a node for all below it. The narrower pair counts.
  double seconds = 0;
  friend bool operator==(const TransportWay&, const TransportWay&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "from", .summary = "A machine, or a node for all below it.", .required = true},
                      FieldNote{.field = "to", .summary = "A machine, or a node for all below it.", .required = true},
                      FieldNote{.field = "seconds", .summary = "0 needs no vehicle.", .min = 0, .max = 1e6}};
  }
};
HANSE_DESCRIBE(TransportWay, (from, to, seconds))

/// The plant's ways and the vehicles on them. A plant has one.
struct TransportNetwork {
  std::string id;
  double default_s = 0;  ///< Between two machines that no way speaks of.
  std::vector<TransportWay> ways;
  std::int64_t vehicles = 0;        ///< 0: as many as needed.
  std::int64_t out_of_service = 0;  ///< Of them, now.
  std::string reason;               ///< Why.
  friend bool operator==(const TransportNetwork&, const TransportNetwork&) = default;
  void validate(JsonReader& reader) const;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "Never changes.", .length_max = 100, .required = true},
        FieldNote{.field = "default_s", .summary = "Seconds where no way says another time.", .min = 0, .max = 1e6},
        FieldNote{.field = "ways", .summary = "What differs from that.", .length_max = 10'000},
        FieldNote{.field = "vehicles", .summary = "In all; 0 for as many as needed.", .min = 0, .max = 1000},
        FieldNote{.field = "out_of_service", .summary = "Of them, now.", .min = 0, .max = 1000},
        FieldNote{.field = "reason", .summary = "Why they are out of service.", .length_max = 200}};
  }
};
HANSE_DESCRIBE(TransportNetwork, (id, default_s, ways, vehicles, out_of_service, reason))

/// What a machine draws while it works.
struct MachinePower {
  AssetId machine;  ///< A machine, or a node for all below it. The narrower one counts.
  double kw = 0;
  friend bool operator==(const MachinePower&, const MachinePower&) = default;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "machine", .summary = "A machine, or a node for all below it.", .required = true},
        FieldNote{.field = "kw", .summary = "Kilowatts while it works.", .min = 0, .max = 1e6}};
  }
};
HANSE_DESCRIBE(MachinePower, (machine, kw))

struct TariffPrice {
  Timestamp from;
  double per_mwh = 0;
  friend bool operator==(const TariffPrice&, const TariffPrice&) = default;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "from", .summary = "Holds from then on.", .required = true},
                      FieldNote{.field = "per_mwh", .summary = "Price of a megawatt hour.", .min = -1e5, .max = 1e6}};
  }
};
HANSE_DESCRIBE(TariffPrice, (from, per_mwh))

/// What energy costs when, and what draws it. A plant has one. Before its first price that one holds.
struct EnergyTariff {
  std::string id;
  std::vector<TariffPrice> prices;
  std::vector<MachinePower> machines;
  std::string reason;  ///< Of the last change.
  friend bool operator==(const EnergyTariff&, const EnergyTariff&) = default;
  void validate(JsonReader& reader) const;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "Never changes.", .length_max = 100, .required = true},
        FieldNote{.field = "prices", .summary = "By time, the earliest first.", .length_max = 10'000, .required = true},
        FieldNote{.field = "machines", .summary = "What draws energy.", .length_max = 1000},
        FieldNote{.field = "reason", .summary = "Why it changed last.", .length_max = 200}};
  }
};
HANSE_DESCRIBE(EnergyTariff, (id, prices, machines, reason))

/// `sentence: reason`, or the sentence alone.
std::string with_reason(std::string sentence, const std::string& reason);

}  // namespace hanse::apps::scheduling
