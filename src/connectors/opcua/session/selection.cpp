#include "connectors/opcua/session/selection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/opcua/codec/node_text.hpp"
#include "connectors/opcua/model/companion.hpp"
#include "connectors/opcua/model/units.hpp"
#include "connectors/opcua/session/properties.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kSelectionLimit = 60s;
constexpr std::uint32_t kObjectsFolder = 85;
// What is read of each variable: value, data type, user access level, historizing, display name, description.
constexpr std::uint32_t kAttributes[] = {13, 14, 18, 20, 5};
constexpr std::size_t kPerVariable = std::size(kAttributes);
constexpr std::size_t kReadsMax = 1000;
constexpr int kTypeRounds = 6;  // Structures within structures.

/// Where a server gives no value yet, its data type has to do. Source: OPC 10000-6, A.1 and OPC 10000-5.
signal::ValueType type_of(const NodeId& data_type) {
  const auto* number = data_type.space == 0 ? std::get_if<std::uint32_t>(&data_type.id) : nullptr;
  if (!number) return signal::ValueType::integer;  // A type of their own without structure: an enumeration.
  if (*number <= kBuiltins) {
    const auto type = signal_type(static_cast<Builtin>(*number));
    return type == signal::ValueType::null ? signal::ValueType::real : type;
  }
  switch (*number) {
    case 26:
    case 27:
    case 28:
      return *number == 26 ? signal::ValueType::real : signal::ValueType::integer;
    case 290:
      return signal::ValueType::real;  // Duration
    case 294:
    case 295:
      return signal::ValueType::text;  // UtcTime, LocaleId
    default:
      return signal::ValueType::integer;
  }
}

/// Which encoding a structure, or the first of a list of them, says that it has; null for other values. Those of the
/// standard itself need no description.
const NodeId* encoding_of(const Variant& value) {
  const ExtensionObject* object = nullptr;
  if (const auto* one = std::get_if<Box<ExtensionObject>>(&value.value); one && *one) object = &**one;
  if (const auto* many = std::get_if<Array<ExtensionObject>>(&value.value); many && !many->empty())
    object = &many->front();
  return object && object->type_id.space != 0 ? &object->type_id : nullptr;
}

}  // namespace

void Selection::start(Done done) {
  done_ = std::move(done);
  candidates_.clear();
  result_ = {};
  const auto limit = session_.facts().nodes_per_read;
  per_read_ = limit == 0 ? kReadsMax : std::min<std::size_t>(limit, kReadsMax);
  for (const auto& uri : session_.facts().namespaces) {
    if (const auto name = companion_name(uri); !name.empty()) result_.specifications.emplace_back(name);
  }
  const auto& settings = session_.settings();
  if (!settings.nodes.empty()) {
    take_choices();
    return describe_from(0);
  }
  NodeId root = kObjectsFolder;
  if (!settings.root.empty()) {
    const auto address = parse_node(settings.root);
    auto node = address ? resolve(*address, session_.facts().namespaces) : hanse::Result<NodeId>{address.error()};
    if (!node) return std::exchange(done_, nullptr)(node.error());
    root = std::move(*node);
  }
  browse_ =
      std::make_unique<Browse>(session_, BrowseOptions{.variables_max = static_cast<std::size_t>(settings.nodes_max)});
  browse_->start(root, [this](hanse::Result<Browse::Result> browsed) {
    if (!browsed) return std::exchange(done_, nullptr)(browsed.error());
    take_browsed(std::move(*browsed));
    describe_from(0);
  });
}

void Selection::take_choices() {
  for (const auto& choice : session_.settings().nodes) {
    Candidate candidate;
    candidate.choice = choice;
    if (const auto address = parse_node(choice.node)) {
      candidate.found.node = resolve(*address, session_.facts().namespaces).value_or(NodeId{});
    }
    candidate.found.path = choice.name.empty() ? choice.node : choice.name;
    candidates_.push_back(std::move(candidate));
  }
  result_.nodes_seen = candidates_.size();
}

void Selection::take_browsed(Browse::Result browsed) {
  result_.nodes_seen = browsed.nodes;
  result_.complete = browsed.complete;
  candidates_.reserve(browsed.variables.size());
  for (auto& found : browsed.variables) {
    Candidate candidate;
    candidate.found = std::move(found);
    candidates_.push_back(std::move(candidate));
  }
}

void Selection::describe_from(std::size_t first) {
  if (first >= candidates_.size()) return find_units();
  const std::size_t count = std::min(std::max<std::size_t>(per_read_ / kPerVariable, 1), candidates_.size() - first);
  ReadRequest request;
  for (std::size_t i = first; i < first + count; ++i) {
    for (const auto attribute : kAttributes)
      request.nodes.push_back({.node = candidates_[i].found.node, .attribute = attribute});
  }
  session_.call(std::move(request), kSelectionLimit, [this, first, count](Reply<ReadResponse> reply) {
    if (asks_for_less(reply.status) && per_read_ > kPerVariable) {
      per_read_ = std::max(per_read_ / 2, kPerVariable);
      return describe_from(first);
    }
    if (!reply.ok() && reply.status == status::kBadTimeout) {
      return std::exchange(done_,
                           nullptr)(fail(ErrorCode::timeout, "the server took too long to describe its variables"));
    }
    if (reply.ok() && reply.value.results.size() == count * kPerVariable) {
      for (std::size_t i = 0; i < count; ++i) {
        take_attributes(candidates_[first + i], std::span{reply.value.results}.subspan(i * kPerVariable, kPerVariable));
      }
    }
    describe_from(first + count);
  });
}

void Selection::take_attributes(Candidate& candidate, std::span<const DataValue> values) {
  candidate.out.value = values[0];
  if (const auto* type = std::get_if<NodeId>(&values[1].value.value)) candidate.data_type = *type;
  if (const auto* access = std::get_if<std::uint8_t>(&values[2].value.value)) candidate.readable = (*access & 1) != 0;
  if (const auto* historizing = std::get_if<bool>(&values[3].value.value))
    candidate.out.plan.historizing = *historizing;
  const auto* description = std::get_if<Box<LocalizedText>>(&values[4].value.value);
  if (description && *description) candidate.out.plan.declaration.description = (**description).text.substr(0, 500);
}

/// A browse comes by the properties of what it finds; nodes that people named are asked for theirs.
void Selection::find_units() {
  if (session_.settings().nodes.empty()) return read_units_from(0);
  std::vector<NodeId> nodes;
  for (const auto& candidate : candidates_) nodes.push_back(candidate.found.node);
  find_properties(session_, std::move(nodes), {"EngineeringUnits", "EURange"}, [this](std::vector<NodeId> found) {
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      candidates_[i].found.units = std::move(found[2 * i]);
      if (candidates_[i].choice.deadband_percent > 0) candidates_[i].range = std::move(found[2 * i + 1]);
    }
    read_units_from(0);
  });
}

void Selection::take_unit(Candidate& candidate, const DataValue& value, bool range) {
  const auto* object = std::get_if<Box<ExtensionObject>>(&value.value.value);
  if (!object || !*object) return;
  auto& plan = candidate.out.plan;
  if (!range) {
    if (const auto units = unwrap<EngineeringUnits>(**object))
      plan.declaration.unit = ucum_of(units->unit_id, units->display_name.text);
  } else if (const auto limits = unwrap<Range>(**object); limits && limits->high > limits->low) {
    plan.deadband = (limits->high - limits->low) * candidate.choice.deadband_percent / 100;
  }
}

void Selection::read_units_from(std::size_t first) {
  ReadRequest request;
  std::vector<std::pair<std::size_t, bool>> asked;
  for (; first < candidates_.size() && asked.size() < per_read_; ++first) {
    for (const bool range : {false, true}) {
      const auto& node = range ? candidates_[first].range : candidates_[first].found.units;
      if (node.is_null()) continue;
      request.nodes.push_back({.node = node});
      asked.emplace_back(first, range);
    }
  }
  if (asked.empty()) {
    std::vector<NodeId> types;
    for (const auto& candidate : candidates_) {
      const auto* object = std::get_if<Box<ExtensionObject>>(&candidate.out.value.value.value);
      const bool structure = object || std::holds_alternative<Array<ExtensionObject>>(candidate.out.value.value.value);
      if (structure && std::ranges::find(types, candidate.data_type) == types.end())
        types.push_back(candidate.data_type);
    }
    return read_types(std::move(types), kTypeRounds);
  }
  session_.call(std::move(request), kSelectionLimit,
                [this, asked = std::move(asked), first](Reply<ReadResponse> reply) {
                  for (std::size_t i = 0; i < asked.size() && i < reply.value.results.size(); ++i)
                    take_unit(candidates_[asked[i].first], reply.value.results[i], asked[i].second);
                  read_units_from(first);
                });
}

void Selection::read_types(std::vector<NodeId> wanted, int rounds_left) {
  if (wanted.size() > per_read_) wanted.resize(per_read_);
  if (wanted.empty() || rounds_left == 0) return read_dictionaries();
  ReadRequest request;
  constexpr std::uint32_t kDataTypeDefinition = 23;
  for (const auto& type : wanted) request.nodes.push_back({.node = type, .attribute = kDataTypeDefinition});
  session_.call(
      std::move(request), kSelectionLimit, [this, wanted = std::move(wanted), rounds_left](Reply<ReadResponse> reply) {
        for (std::size_t i = 0; i < wanted.size() && i < reply.value.results.size(); ++i) {
          const auto* object = std::get_if<Box<ExtensionObject>>(&reply.value.results[i].value.value);
          if (!object || !*object) continue;
          constexpr std::uint32_t kEnumDefinition = 123;
          if ((**object).type_id.is(kEnumDefinition))
            result_.types.add_enumeration(wanted[i]);
          else if (const auto definition = unwrap<StructureDefinition>(**object))
            result_.types.add(wanted[i], *definition);
        }
        auto missing = result_.types.missing();
        std::erase_if(missing, [&](const NodeId& type) { return std::ranges::find(wanted, type) != wanted.end(); });
        read_types(std::move(missing), rounds_left - 1);
      });
}

/// What the attribute told nothing about: its values name an encoding, and that may have a description.
void Selection::read_dictionaries() {
  std::vector<NodeId> encodings;
  for (const auto& candidate : candidates_) {
    const auto* encoding = encoding_of(candidate.out.value.value);
    if (encoding && !result_.types.knows_encoding(*encoding) &&
        std::ranges::find(encodings, *encoding) == encodings.end())
      encodings.push_back(*encoding);
  }
  if (encodings.empty()) return finish();
  dictionaries_.start(std::move(encodings), result_.types, [this](std::vector<std::string> troubles) {
    result_.troubles = std::move(troubles);
    finish();
  });
}

Declaration Selection::declare(const Candidate& candidate) const {
  const auto& namespaces = session_.facts().namespaces;
  const auto uri_of = [&](std::uint16_t space) {
    return space < namespaces.size() ? std::string_view{namespaces[space]} : std::string_view{};
  };
  Declaration out = candidate.out.plan.declaration;
  const auto& found = candidate.found;
  out.address = candidate.choice.node.empty() ? node_text(found.node, namespaces) : candidate.choice.node;
  const auto slash = found.path.find('/');
  const bool nested = slash != std::string::npos && candidate.choice.node.empty();
  out.device = nested ? found.path.substr(0, slash) : std::string{};
  out.name = nested ? found.path.substr(slash + 1) : found.path;
  const auto built_in = signal_type(candidate.out.value.value.type());
  out.type = built_in == signal::ValueType::null ? type_of(candidate.data_type) : built_in;
  out.meaning = companion_meaning(found.path, uri_of(found.space));
  if (out.meaning == signal::Meaning::other) out.meaning = companion_meaning(found.path, uri_of(found.parent_space));
  if (candidate.choice.meaning != signal::Meaning::other) out.meaning = candidate.choice.meaning;
  if (!candidate.choice.unit.empty()) out.unit = candidate.choice.unit;
  const bool measured = out.type == signal::ValueType::real && !out.unit.empty() && out.unit != "1";
  out.interpolation = measured ? signal::Interpolation::linear : signal::Interpolation::step;
  return out;
}

void Selection::finish() {
  for (auto& candidate : candidates_) {
    if (!candidate.readable && candidate.choice.node.empty()) continue;
    candidate.out.plan.declaration = declare(candidate);
    candidate.out.plan.deadband_percent = candidate.choice.deadband_percent;
    if (candidate.choice.deadband > 0) candidate.out.plan.deadband = candidate.choice.deadband;
    candidate.out.plan.composed =
        candidate.out.value.value.is_array() || candidate.out.value.value.type() == Builtin::extension_object;
    result_.values.push_back(std::move(candidate.out));
  }
  candidates_.clear();
  candidates_.shrink_to_fit();
  std::exchange(done_, nullptr)(std::move(result_));
}

}  // namespace hanse::connectors::opcua
