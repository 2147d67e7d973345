#include <fmt/format.h>

#include <algorithm>

#include "twin/codec/forms.hpp"
#include "twin/model/element_path.hpp"
#include "twin/model/lexical.hpp"

namespace hanse::twin {
namespace {

class Patcher {
 public:
  explicit Patcher(Findings& findings) : findings_(findings) {}

  void value(Node& node, JsonRef in, const Place& place) {
    switch (node.of()) {
      case Class::Submodel:
      case Class::SubmodelElementCollection:
        return collection(node, in, place);
      case Class::SubmodelElementList:
        return list(node, in, place);
      case Class::Property:
        if (const auto signal = bound_signal(node); !signal.empty())
          return findings_.error(
              place, "value",
              fmt::format("is the value of signal '{}', which its machine has; write it by itself, at its own $value",
                          signal));
        return typed(node, Name::value, in, place);
      case Class::MultiLanguageProperty:
        return languages(node, in, place);
      case Class::Range:
        return members(in, place, [&](std::string_view name, JsonRef member, const Place& at) {
          if (name != "min" && name != "max") return false;
          typed(node, name == "min" ? Name::min : Name::max, member, at);
          return true;
        });
      case Class::File:
      case Class::Blob:
        return texts(node, in, place, {Name::contentType, Name::value});
      case Class::ReferenceElement:
        return object(node, Name::value, Class::Reference, in, place);
      case Class::RelationshipElement:
      case Class::AnnotatedRelationshipElement:
        return relationship(node, in, place);
      case Class::Entity:
        return entity(node, in, place);
      case Class::BasicEventElement:
        return members(in, place, [&](std::string_view name, JsonRef member, const Place& at) {
          if (name != "observed") return false;
          object(node, Name::observed, Class::Reference, member, at);
          return true;
        });
      default:
        findings_.error(place, "value", fmt::format("{} has no value", info(node.of()).name));
    }
  }

 private:
  template <class Take>
  void members(JsonRef in, const Place& place, Take take) {
    if (in.kind() != JsonRef::Kind::object) return findings_.error(place, "value", "must be an object");
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto [name, member] = in.member(i);
      const Place at{.above = &place, .name = name};
      if (!take(name, member, at)) findings_.error(at, "value", "there is nothing of this name");
    }
  }

  void collection(Node& node, JsonRef in, const Place& place) {
    members(in, place, [&](std::string_view name, JsonRef member, const Place& at) {
      auto* child = find_element(node, {std::string{name}});
      if (child) value(*child, member, at);
      return child != nullptr;
    });
  }

  /// Null leaves an element as it is; what a shorter list doesn't reach stays.
  void list(Node& node, JsonRef in, const Place& place) {
    if (in.kind() != JsonRef::Kind::array) return findings_.error(place, "value", "must be a list");
    auto* children = node.list(Name::value);
    const std::size_t have = children ? children->size() : 0;
    if (in.size() > have) return findings_.error(place, "value", fmt::format("must have at most {} elements", have));
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (in.element(i).kind() == JsonRef::Kind::null) continue;
      value((*children)[i], in.element(i), {place.above, place.name, static_cast<std::ptrdiff_t>(i)});
    }
  }

  void typed(Node& node, Name name, JsonRef in, const Place& place) {
    const auto kind = in.kind();
    if (kind == JsonRef::Kind::null || kind == JsonRef::Kind::array || kind == JsonRef::Kind::object)
      return findings_.error(place, "value", "must be a text, a number, true or false");
    auto text = kind == JsonRef::Kind::string ? std::string{in.string()} : in.text();
    const auto type = node.text(Name::valueType);
    if (!is_xsd_value(text, type, Edition::v3_1))
      return findings_.error(place, "value", fmt::format("must be of type {}", type));
    node.set(name, std::move(text));
  }

  void languages(Node& node, JsonRef in, const Place& place) {
    if (in.kind() != JsonRef::Kind::array)
      return findings_.error(place, "value", "must be a list as in [{\"en\":\"text\"}]");
    std::vector<Node> out;
    for (std::size_t i = 0; i < in.size(); ++i) {
      const auto each = in.element(i);
      if (each.kind() != JsonRef::Kind::object || each.size() != 1 ||
          each.member(0).second.kind() != JsonRef::Kind::string) {
        return findings_.error(place, "value", "must be a list as in [{\"en\":\"text\"}]");
      }
      Node text{Class::LangStringTextType};
      text.set(Name::language, std::string{each.member(0).first});
      text.set(Name::text, std::string{each.member(0).second.string()});
      out.push_back(std::move(text));
    }
    node.set(Name::value, std::move(out));
  }

  void texts(Node& node, JsonRef in, const Place& place, std::initializer_list<Name> allowed) {
    members(in, place, [&](std::string_view name, JsonRef member, const Place& at) {
      const auto found =
          std::find_if(allowed.begin(), allowed.end(), [&](Name each) { return to_string(each) == name; });
      if (found == allowed.end()) return false;
      if (member.kind() != JsonRef::Kind::string) {
        findings_.error(at, "value", "must be a text");
      } else {
        node.set(*found, std::string{member.string()});
      }
      return true;
    });
  }

  void object(Node& node, Name name, Class of, JsonRef in, const Place& place) {
    if (auto read = read_json(in, of, {}, findings_, place)) node.set(name, *std::move(read));
  }

  void relationship(Node& node, JsonRef in, const Place& place) {
    members(in, place, [&](std::string_view name, JsonRef member, const Place& at) {
      if (name == "first" || name == "second") {
        object(node, name == "first" ? Name::first : Name::second, Class::Reference, member, at);
        return true;
      }
      if (name != "annotations" || node.of() != Class::AnnotatedRelationshipElement) return false;
      // One object, or a list of objects of one member each: the standard shows both.
      if (member.kind() != JsonRef::Kind::array) {
        collection(node, member, at);
        return true;
      }
      for (std::size_t i = 0; i < member.size(); ++i) collection(node, member.element(i), at);
      return true;
    });
  }

  void entity(Node& node, JsonRef in, const Place& place) {
    members(in, place, [&](std::string_view name, JsonRef member, const Place& at) {
      if (name == "statements") {
        collection(node, member, at);
      } else if (name == "entityType" || name == "globalAssetId") {
        if (member.kind() != JsonRef::Kind::string) {
          findings_.error(at, "value", "must be a text");
        } else {
          node.set(name == "entityType" ? Name::entityType : Name::globalAssetId, std::string{member.string()});
        }
      } else if (name == "specificAssetIds" && member.kind() == JsonRef::Kind::array) {
        std::vector<Node> ids;
        for (std::size_t i = 0; i < member.size(); ++i) {
          if (auto read = read_json(member.element(i), Class::SpecificAssetId, {}, findings_, at))
            ids.push_back(*std::move(read));
        }
        node.set(Name::specificAssetIds, std::move(ids));
      } else {
        return false;
      }
      return true;
    });
  }

  Findings& findings_;
};

}  // namespace

void apply_value(Node& node, JsonRef value, Findings& findings, const Place& place) {
  Patcher{findings}.value(node, value, place);
}

}  // namespace hanse::twin
