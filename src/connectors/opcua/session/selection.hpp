#pragma once

#include "connectors/opcua/model/type_book.hpp"
#include "connectors/opcua/session/browse.hpp"
#include "connectors/opcua/session/dictionaries.hpp"
#include "connectors/opcua/session/points.hpp"

namespace hanse::connectors::opcua {

/// A value that was chosen, and what it reads now.
struct SelectedValue {
  PointPlan plan;
  DataValue value;
};

/// Finds out what to follow: the nodes that the settings name, or all variables below a root, each with type, unit,
/// meaning and whether the server keeps its history. No socket, no clock.
class Selection {
 public:
  struct Result {
    std::vector<SelectedValue> values;
    std::size_t nodes_seen = 0;
    bool complete = true;
    TypeBook types;                           ///< Of the structures among the values.
    std::vector<std::string> troubles;        ///< What could not be understood, for people.
    std::vector<std::string> specifications;  ///< Companion specifications that the server has.
  };
  using Done = std::move_only_function<void(hanse::Result<Result> result)>;
  Selection(Session& session) : session_(session), dictionaries_(session) {}  // NOLINT(google-explicit-constructor)

  /// One at a time; the object must stay until well after `done`.
  void start(Done done);

 private:
  struct Candidate {
    FoundVariable found;
    NodeChoice choice;
    SelectedValue out;
    NodeId data_type;
    NodeId range;  ///< Its EURange property, where a deadband in percent needs it.
    bool readable = true;
  };
  void take_choices();
  void take_browsed(Browse::Result browsed);
  void describe_from(std::size_t first);
  void take_attributes(Candidate& candidate, std::span<const DataValue> values);
  void find_units();
  void read_units_from(std::size_t first);
  void take_unit(Candidate& candidate, const DataValue& value, bool range);
  void read_types(std::vector<NodeId> wanted, int rounds_left);
  void read_dictionaries();
  void finish();
  Declaration declare(const Candidate& candidate) const;

  Session& session_;
  Done done_;
  std::unique_ptr<Browse> browse_;
  Dictionaries dictionaries_;
  std::vector<Candidate> candidates_;
  std::size_t per_read_ = 1000;
  Result result_;
};

}  // namespace hanse::connectors::opcua
