#include "twin/service/offered.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "twin/model/element_path.hpp"
#include "twin/model/reference.hpp"
#include "twin/plant/builders.hpp"

namespace hanse::twin {
namespace {

constexpr std::string_view kValueSuffix = "/$value";

/// Takes masked elements out of one object and all below it.
class Mask {
 public:
  explicit Mask(std::span<const std::string> names) : names_(names.begin(), names.end()) {
    // A signal may be masked by its own name, of which the twin's elements have what an idShort can hold.
    for (const auto& name : names) {
      if (name.find_first_of(".[") == std::string::npos) names_.push_back(id_short_of(name));
      if (name.starts_with(kColumns)) names_.push_back(name.substr(kColumns.size()));
    }
  }
  bool has(std::string_view name) const {
    return !name.empty() && std::find(names_.begin(), names_.end(), name) != names_.end();
  }
  /// Is this element, at `path`, masked by its name, its path or the signal that it was made of?
  bool hides(const Node& element, const ElementPath& path) const {
    return has(element.text(Name::idShort)) || has(to_string(path)) || is_of_masked_signal(element);
  }

  void apply(Node& node, const ElementPath& at = {}) const {
    const auto attribute = children_attribute(node.of());
    auto* children = attribute ? node.list(*attribute) : nullptr;
    if (!children) return operation(node);
    const bool is_list = node.of() == Class::SubmodelElementList;
    std::vector<Node> kept;
    for (std::size_t index = 0; index < children->size(); ++index) {
      auto& child = (*children)[index];
      auto path = at;
      const std::string name{child.text(Name::idShort)};
      path.push_back(is_list ? PathStep{index} : PathStep{name});
      if (hides(child, path)) continue;
      apply(child, path);
      kept.push_back(std::move(child));
    }
    *children = std::move(kept);
    if (children->empty()) node.erase(*attribute);
  }

 private:
  /// What is made of a signal says its name in more places than its idShort.
  bool is_of_masked_signal(const Node& child) const {
    if (const auto id = child.text(Name::idShort); id.starts_with(kLinkedSegment)) {
      if (has(id.substr(kLinkedSegment.size()))) return true;
      const auto* name = child.of() == Class::SubmodelElementCollection ? find_child(child, "Name") : nullptr;
      const auto texts = name ? name->nodes(Name::value) : std::span<const Node>{};
      return std::any_of(texts.begin(), texts.end(), [&](const Node& each) { return has(each.text(Name::text)); });
    }
    const auto extensions = child.nodes(Name::extensions);
    return std::any_of(extensions.begin(), extensions.end(), [&](const Node& each) {
      const auto signal = each.text(Name::value);
      return each.text(Name::name) == kSignalExtension && has(signal.substr(signal.rfind('/') + 1));
    });
  }
  static const Node* find_child(const Node& node, std::string_view id_short) {
    const auto children = node.nodes(Name::value);
    const auto found = std::find_if(children.begin(), children.end(),
                                    [&](const Node& each) { return each.text(Name::idShort) == id_short; });
    return found == children.end() ? nullptr : &*found;
  }

  /// Variables of an operation have names, too.
  void operation(Node& node) const {
    for (const auto name : {Name::inputVariables, Name::outputVariables, Name::inoutputVariables}) {
      if (node.of() != Class::Operation || !node.has(name)) continue;
      auto& variables = *node.list(name);
      std::erase_if(variables, [&](const Node& each) {
        const auto* value = each.node(Name::value);
        return value && has(value->text(Name::idShort));
      });
      if (variables.empty()) node.erase(name);
    }
  }

  static constexpr std::string_view kColumns = "Metadata.Record.";
  static constexpr std::string_view kLinkedSegment = "LinkedSegment_";
  std::vector<std::string> names_;
};

Result<std::string> json_of(const Node& node, bool values) {
  const Shape shape{.level = Level::deep, .extent = Extent::with_blob_value};
  std::string out;
  if (!values) {
    append_normal(out, node, shape);
  } else if (!append_value(out, node, shape)) {
    return fail(ErrorCode::invalid, "what is offered has no value; offer it without /$value");
  }
  return out;
}

/// A shell by name of submodel: `{"Nameplate":{...},...}`. Without a name of its own a submodel is there by its id.
std::string values_of_all(const Node& environment) {
  std::string out = "{";
  for (const auto& submodel : environment.nodes(Name::submodels)) {
    std::string value;
    if (!append_value(value, submodel, {.level = Level::deep, .extent = Extent::with_blob_value})) continue;
    if (out.size() > 1) out += ',';
    json::append_string(out, submodel.has(Name::idShort) ? submodel.text(Name::idShort) : submodel.text(Name::id));
    out += ':' + value;
  }
  return out + '}';
}

/// The shell with its submodels that are on this node, less those that are masked, which it doesn't refer to either.
Result<std::string> offered_shell(Twins& twins, const Node& shell, bool values, const Mask& mask) {
  std::vector<std::string> submodels, hidden;
  for (const auto& reference : shell.nodes(Name::submodels)) {
    std::string id{first_key(&reference)};
    HANSE_TRY(const auto found, twins.find(Class::Submodel, id));
    if (!found) continue;
    const bool hides = mask.has(found->text(Name::idShort));
    (hides ? hidden : submodels).push_back(std::move(id));
  }
  HANSE_TRY(auto environment, twins.environment({std::string{shell.text(Name::id)}}, submodels, false));
  if (auto* all = environment.list(Name::submodels)) {
    for (auto& each : *all) mask.apply(each);
  }
  if (values) return values_of_all(environment);
  auto& copy = environment.list(Name::assetAdministrationShells)->front();
  if (auto* references = copy.list(Name::submodels)) {
    std::erase_if(*references, [&](const Node& each) {
      return std::find(hidden.begin(), hidden.end(), first_key(&each)) != hidden.end();
    });
    if (references->empty()) copy.erase(Name::submodels);
  }
  return json_of(environment, false);
}

Result<std::string> offered_submodel(Twins& twins, const OfferedTwin& offered, const Mask& mask) {
  HANSE_TRY(auto environment, twins.environment({}, {offered.id}, false));
  auto& submodel = environment.list(Name::submodels)->front();
  const auto gone = fail(ErrorCode::not_found, fmt::format("the submodel has no element '{}'", offered.path));
  if (mask.has(submodel.text(Name::idShort))) return gone;
  // Masked by the path it has here: taking out entries of a list would give those behind them other places.
  ElementPath path;
  if (!offered.path.empty()) {
    HANSE_TRY(path, parse_element_path(offered.path));
  }
  auto* element = &submodel;
  for (std::size_t length = 1; length <= path.size(); ++length) {
    const ElementPath part{path.begin(), path.begin() + static_cast<std::ptrdiff_t>(length)};
    element = find_element(submodel, part);
    if (!element || mask.hides(*element, part)) return gone;
  }
  mask.apply(*element, path);
  return json_of(*element, offered.values);
}

}  // namespace

OfferedTwin read_offered_twin(std::string_view source) {
  OfferedTwin out;
  out.values = source.ends_with(kValueSuffix);
  if (out.values) source.remove_suffix(kValueSuffix.size());
  const auto hash = source.rfind('#');
  out.id = source.substr(0, hash);
  if (hash != std::string_view::npos) out.path = source.substr(hash + 1);
  return out;
}

Result<std::string> offered_json(Twins& twins, std::string_view source, std::span<const std::string> masked) {
  const Mask mask{masked};
  auto offered = read_offered_twin(source);
  const auto whole = offered.path.empty() ? offered.id : offered.id + '#' + offered.path;
  HANSE_TRY(const auto shell, twins.find(Class::AssetAdministrationShell, whole));
  if (shell) return offered_shell(twins, *shell, offered.values, mask);
  HANSE_TRY(const auto submodel, twins.find(Class::Submodel, whole));
  if (submodel) return offered_submodel(twins, {.id = whole, .path = {}, .values = offered.values}, mask);
  return offered_submodel(twins, offered, mask);
}

}  // namespace hanse::twin
