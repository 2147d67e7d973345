#include "twin/query/field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "twin/model/scan.hpp"

namespace hanse::twin {
namespace {

constexpr std::size_t kFieldBytesMax = 2'000;
constexpr std::size_t kFieldStepsMax = 64;

struct RootName {
  std::string_view text;
  FieldRoot root;
};
constexpr std::array kRootNames{RootName{"$aas", FieldRoot::aas},         RootName{"$sm", FieldRoot::sm},
                                RootName{"$sme", FieldRoot::sme},         RootName{"$cd", FieldRoot::cd},
                                RootName{"$aasdesc", FieldRoot::aasdesc}, RootName{"$smdesc", FieldRoot::smdesc}};

/// What can be asked below a root, without brackets. A reference may be followed by `.type` or `.keys[].type|value`;
/// by itself it is the value of its first key.
struct FieldPath {
  FieldRoot root;
  std::string_view path;
  bool reference = false;
};
constexpr std::array kFieldPaths{
    FieldPath{FieldRoot::aas, "idShort"},
    FieldPath{FieldRoot::aas, "id"},
    FieldPath{FieldRoot::aas, "assetInformation.assetKind"},
    FieldPath{FieldRoot::aas, "assetInformation.assetType"},
    FieldPath{FieldRoot::aas, "assetInformation.globalAssetId"},
    FieldPath{FieldRoot::aas, "assetInformation.specificAssetIds.name"},
    FieldPath{FieldRoot::aas, "assetInformation.specificAssetIds.value"},
    FieldPath{FieldRoot::aas, "assetInformation.specificAssetIds.externalSubjectId", true},
    FieldPath{FieldRoot::aas, "submodels", true},
    FieldPath{FieldRoot::sm, "semanticId", true},
    FieldPath{FieldRoot::sm, "idShort"},
    FieldPath{FieldRoot::sm, "id"},
    FieldPath{FieldRoot::sme, "semanticId", true},
    FieldPath{FieldRoot::sme, "idShort"},
    FieldPath{FieldRoot::sme, "value"},
    FieldPath{FieldRoot::sme, "valueType"},
    FieldPath{FieldRoot::sme, "language"},
    FieldPath{FieldRoot::cd, "idShort"},
    FieldPath{FieldRoot::cd, "id"},
    FieldPath{FieldRoot::aasdesc, "idShort"},
    FieldPath{FieldRoot::aasdesc, "id"},
    FieldPath{FieldRoot::aasdesc, "assetKind"},
    FieldPath{FieldRoot::aasdesc, "assetType"},
    FieldPath{FieldRoot::aasdesc, "globalAssetId"},
    FieldPath{FieldRoot::aasdesc, "specificAssetIds.name"},
    FieldPath{FieldRoot::aasdesc, "specificAssetIds.value"},
    FieldPath{FieldRoot::aasdesc, "specificAssetIds.externalSubjectId", true},
    FieldPath{FieldRoot::aasdesc, "endpoints.interface"},
    FieldPath{FieldRoot::aasdesc, "endpoints.protocolinformation.href"},
    FieldPath{FieldRoot::aasdesc, "submodelDescriptors.semanticId", true},
    FieldPath{FieldRoot::aasdesc, "submodelDescriptors.idShort"},
    FieldPath{FieldRoot::aasdesc, "submodelDescriptors.id"},
    FieldPath{FieldRoot::aasdesc, "submodelDescriptors.endpoints.interface"},
    FieldPath{FieldRoot::aasdesc, "submodelDescriptors.endpoints.protocolinformation.href"},
    FieldPath{FieldRoot::smdesc, "semanticId", true},
    FieldPath{FieldRoot::smdesc, "idShort"},
    FieldPath{FieldRoot::smdesc, "id"},
    FieldPath{FieldRoot::smdesc, "endpoints.interface"},
    FieldPath{FieldRoot::smdesc, "endpoints.protocolinformation.href"}};

struct FieldWord {
  std::string_view text;
  Name name;
  bool list = false;
};
constexpr std::array kFieldWords{FieldWord{"id", Name::id},
                                 FieldWord{"idShort", Name::idShort},
                                 FieldWord{"assetInformation", Name::assetInformation},
                                 FieldWord{"assetKind", Name::assetKind},
                                 FieldWord{"assetType", Name::assetType},
                                 FieldWord{"globalAssetId", Name::globalAssetId},
                                 FieldWord{"specificAssetIds", Name::specificAssetIds, true},
                                 FieldWord{"name", Name::name},
                                 FieldWord{"value", Name::value},
                                 FieldWord{"externalSubjectId", Name::externalSubjectId},
                                 FieldWord{"type", Name::type},
                                 FieldWord{"keys", Name::keys, true},
                                 FieldWord{"submodels", Name::submodels, true},
                                 FieldWord{"semanticId", Name::semanticId},
                                 FieldWord{"valueType", Name::valueType},
                                 FieldWord{"language", Name::language},
                                 FieldWord{"endpoints", Name::endpoints, true},
                                 FieldWord{"interface", Name::interface},
                                 FieldWord{"protocolinformation", Name::protocolInformation},
                                 FieldWord{"href", Name::href},
                                 FieldWord{"submodelDescriptors", Name::submodelDescriptors, true}};

class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : text_(text), scan_(text) {}

  Result<QueryField> read() {
    if (text_.size() > kFieldBytesMax) return wrong("is too long");
    field_.text = text_;
    const auto name = word('$');
    const auto* known =
        std::find_if(kRootNames.begin(), kRootNames.end(), [&](auto& each) { return each.text == name; });
    if (known == kRootNames.end()) return wrong("begins with none of $aas, $sm, $sme, $cd, $aasdesc, $smdesc");
    field_.root = known->root;
    if (field_.root == FieldRoot::sme) HANSE_CHECK(elements());
    if (!scan_.take('#')) return wrong("needs a # before the attribute");
    HANSE_CHECK(attributes());
    return std::move(field_);
  }

 private:
  Error wrong(std::string_view why) const {
    return fail(ErrorCode::invalid, fmt::format("the field '{}' {}", clip(text_, 200), why));
  }
  std::string_view word(char also) {
    const auto rest = scan_.rest();
    return rest.substr(
        0, scan_.take_while([also](char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == also; }));
  }
  std::string so_far() const { return std::string{text_.substr(0, text_.size() - scan_.rest().size())}; }
  Result<void> add(FieldStep step) {
    if (field_.steps.size() == kFieldStepsMax) return wrong("has too many steps");
    field_.steps.push_back(std::move(step));
    return {};
  }

  /// `[3]` or `[]`, whose `[` was taken: the index, or nothing.
  Result<std::optional<std::size_t>> bracket() {
    const auto digits = scan_.rest().substr(0, scan_.digits());
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (!digits.empty() && error != std::errc{}) return wrong("has an index that is too large");
    if (!scan_.take(']')) return wrong("needs a number and ] after [, or ] at once for any");
    return digits.empty() ? std::optional<std::size_t>{} : std::optional{index};
  }

  /// The idShortPath after `$sme`. It may begin at any element, however deep.
  Result<void> elements() {
    bool first = true;
    while (scan_.take('.')) {
      const std::string name{word('_')};
      if (name.empty() || !is_letter(name.front())) return wrong("needs an idShort after a dot");
      FieldStep step{.kind = first ? FieldStep::Kind::anywhere : FieldStep::Kind::child, .id_short = name};
      if (first) step.place = so_far();
      HANSE_CHECK(add(std::move(step)));
      first = false;
      while (scan_.take('[')) {
        HANSE_TRY(const auto index, bracket());
        HANSE_CHECK(add({.kind = FieldStep::Kind::entry, .index = index, .place = index ? std::string{} : so_far()}));
      }
    }
    if (first) HANSE_CHECK(add({.kind = FieldStep::Kind::anywhere, .place = so_far()}));
    return {};
  }

  Result<void> attributes() {
    std::string path;
    std::vector<const FieldWord*> words;
    std::vector<FieldStep> steps;
    do {
      const auto name = word('_');
      const auto* known =
          std::find_if(kFieldWords.begin(), kFieldWords.end(), [&](auto& each) { return each.text == name; });
      if (known == kFieldWords.end()) return unknown_attribute();
      path += path.empty() ? "" : ".";
      path += name;
      words.push_back(known);
      FieldStep step{.kind = known->list ? FieldStep::Kind::objects : FieldStep::Kind::object,
                     .attribute = known->name};
      if (known->list) {
        if (scan_.take('[')) {
          HANSE_TRY(step.index, bracket());
        }
        if (!step.index) step.place = so_far();
      }
      steps.push_back(std::move(step));
    } while (scan_.take('.'));
    if (!scan_.done()) return unknown_attribute();
    return place_attributes(path, words, std::move(steps));
  }

  Result<void> place_attributes(std::string_view path, const std::vector<const FieldWord*>& words,
                                std::vector<FieldStep> steps) {
    const auto* row = std::find_if(kFieldPaths.begin(), kFieldPaths.end(), [&](const FieldPath& each) {
      if (each.root != field_.root || !path.starts_with(each.path)) return false;
      const auto rest = path.substr(each.path.size());
      return rest.empty() || (each.reference && (rest == ".type" || rest == ".keys.type" || rest == ".keys.value"));
    });
    if (row == kFieldPaths.end()) return unknown_attribute();
    field_.attribute = words.back()->name;
    if (row->reference && path == row->path) {
      steps.push_back({.kind = FieldStep::Kind::objects, .attribute = Name::keys, .index = 0});
      field_.attribute = Name::value;
    } else {
      steps.pop_back();
    }
    if (field_.root == FieldRoot::sme && path == "value") field_.leaf = QueryField::Leaf::value;
    if (field_.root == FieldRoot::sme && path == "language") field_.leaf = QueryField::Leaf::language;
    for (auto& step : steps) HANSE_CHECK(add(std::move(step)));
    return {};
  }

  Error unknown_attribute() const {
    std::string known;
    for (const auto& each : kFieldPaths) {
      if (each.root != field_.root) continue;
      known += known.empty() ? "" : ", ";
      known += each.path;
    }
    return wrong("has an attribute that isn't one of " + known);
  }

  std::string_view text_;
  Scan scan_;
  QueryField field_;
};

}  // namespace

Result<QueryField> parse_query_field(std::string_view text) { return FieldReader{text}.read(); }

}  // namespace hanse::twin
