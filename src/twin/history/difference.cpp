#include "twin/history/difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "twin/codec/json_codec.hpp"
#include "twin/model/element_path.hpp"

namespace hanse::twin {
namespace {

constexpr std::size_t kChangesMax = 1'000;
constexpr std::size_t kShownBytesMax = 200;

/// Where one is: elements by their path, then attributes. `Sizes.Width` and `semanticId.keys[0].value`.
struct Whereabouts {
  std::string element, attribute;
  std::string text() const { return attribute.empty() ? element : element + '#' + attribute; }
  Whereabouts child(std::string_view step, bool in_list) const {
    return {element.empty() || in_list ? element + std::string{step} : fmt::format("{}.{}", element, step), {}};
  }
  Whereabouts inside(std::string_view step, bool bracket = false) const {
    return {element,
            attribute.empty() || bracket ? attribute + std::string{step} : fmt::format("{}.{}", attribute, step)};
  }
};

class Comparer {
 public:
  void compare_nodes(const Node& before, const Node& after, const Whereabouts& at) {
    if (before.of() != after.of()) return add(at, ChangeKind::changed, name_of(before), name_of(after));
    for (const auto& attribute : info(after.of()).attributes) {
      const auto *was = before.find(attribute.name), *is = after.find(attribute.name);
      if (!was && !is) continue;
      compare_attribute(before, attribute, was, is, at);
    }
  }
  TwinDifference take() { return std::move(out_); }

 private:
  static std::string name_of(const Node& node) { return std::string{info(node.of()).name}; }

  void add(const Whereabouts& at, ChangeKind kind, std::string before, std::string after) {
    if (out_.changes.size() == kChangesMax) {
      ++out_.left_out;
      return;
    }
    out_.changes.push_back({at.text(), kind, std::move(before), std::move(after)});
  }

  void compare_attribute(const Node& owner, const Attribute& attribute, const Field* was, const Field* is,
                         const Whereabouts& at) {
    const auto name = to_string(attribute.name);
    if (attribute.kind == Kind::object || attribute.kind == Kind::objects || attribute.kind == Kind::texts) {
      static const std::vector<Node> kNone;
      const auto& before = was ? was->nodes : kNone;
      const auto& after = is ? is->nodes : kNone;
      const bool elements = children_attribute(owner.of()) == attribute.name;
      return compare_lists(before, after, elements ? at : at.inside(name),
                           elements                         ? How::elements
                           : attribute.kind == Kind::object ? How::one
                                                            : How::entries,
                           owner.of() == Class::SubmodelElementList);
    }
    const auto before = std::string{clip(was ? was->text : "", kShownBytesMax)};
    const auto after = std::string{clip(is ? is->text : "", kShownBytesMax)};
    if (was && is && was->text == is->text) return;
    add(at.inside(name), !was ? ChangeKind::added : !is ? ChangeKind::removed : ChangeKind::changed, before, after);
  }

  enum class How { elements, one, entries };

  /// What an object is found again by among its siblings.
  static std::string key_of(const Node& node, std::size_t index, How how, bool in_list) {
    if (how == How::one) return {};
    if (how == How::elements && !in_list && node.has(Name::idShort)) return std::string{node.text(Name::idShort)};
    const auto* language = info(node.of()).find(Name::language);
    if (language && node.has(Name::language)) return fmt::format("[{}]", node.text(Name::language));
    return fmt::format("[{}]", index);
  }

  void compare_lists(const std::vector<Node>& before, const std::vector<Node>& after, const Whereabouts& at, How how,
                     bool in_list) {
    const auto place = [&](const std::string& key) {
      return how == How::elements ? at.child(key, key.starts_with('[')) : at.inside(key, true);
    };
    const auto keys_of = [&](const std::vector<Node>& nodes) {
      std::vector<std::pair<std::string, const Node*>> keys;
      for (std::size_t i = 0; i < nodes.size(); ++i) keys.emplace_back(key_of(nodes[i], i, how, in_list), &nodes[i]);
      std::sort(keys.begin(), keys.end());
      return keys;
    };
    const auto old_keys = keys_of(before), new_keys = keys_of(after);
    const auto find = [](const auto& keys, const std::string& key) -> const Node* {
      const auto found =
          std::lower_bound(keys.begin(), keys.end(), key,
                           [](const auto& each, const std::string& wanted) { return each.first < wanted; });
      return found != keys.end() && found->first == key ? found->second : nullptr;
    };
    for (std::size_t i = 0; i < before.size(); ++i) {
      const auto key = key_of(before[i], i, how, in_list);
      if (!find(new_keys, key)) add(place(key), ChangeKind::removed, shown_as(before[i], how), {});
    }
    for (std::size_t i = 0; i < after.size(); ++i) {
      const auto key = key_of(after[i], i, how, in_list);
      if (const auto* old = find(old_keys, key)) {
        compare_nodes(*old, after[i], place(key));
      } else {
        add(place(key), ChangeKind::added, {}, shown_as(after[i], how));
      }
    }
  }
  static std::string shown_as(const Node& node, How how) {
    return how == How::elements ? name_of(node) : std::string{clip(write_json(node), kShownBytesMax)};
  }

  TwinDifference out_;
};

}  // namespace

TwinDifference difference(const Node& before, const Node& after) {
  Comparer comparer;
  comparer.compare_nodes(before, after, {});
  return comparer.take();
}

}  // namespace hanse::twin
