#include "twin/service/routes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "twin/model/element_path.hpp"
#include "twin/model/reference.hpp"
#include "twin/service/history_routes.hpp"
#include "twin/service/write_through.hpp"

namespace hanse::twin {

struct ShellsWish {
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "limit", .summary = "Shells a page.", .min = 1, .max = 1000}};
  }
};
HANSE_DESCRIBE(ShellsWish, (cursor, limit))
struct SubmodelWish {
  std::string id;
  std::optional<Timestamp> at;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .summary = "The submodel's id.", .required = true},
                      FieldNote{.field = "at", .summary = "As it was at that moment; now when absent."}};
  }
};
HANSE_DESCRIBE(SubmodelWish, (id, at))
struct SearchWish {
  std::string semantic_id;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "semantic_id",
                                .summary = "A semantic id, or a part of one.",
                                .length_max = 2000,
                                .required = true},
                      FieldNote{.field = "limit", .summary = "Hits at most.", .min = 1, .max = 1000}};
  }
};
HANSE_DESCRIBE(SearchWish, (semantic_id, limit))
struct ImportWish {
  bool dry_run = false;
  api::RawBody body;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "dry_run", .summary = "Only say what would come of it."}};
  }
};
HANSE_DESCRIBE(ImportWish, (dry_run, body))
struct ValueWish {
  std::string id, path;
  RawJson value;
  std::string reason;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "id", .summary = "The submodel's id.", .length_max = 2048, .required = true},
        FieldNote{.field = "path", .summary = "The property's idShortPath.", .length_max = 4096, .required = true},
        FieldNote{.field = "value", .summary = "What to write, of the property's type.", .required = true},
        FieldNote{
            .field = "reason", .summary = "Why: what the second person reads.", .length_max = 800, .required = true}};
  }
};
HANSE_DESCRIBE(ValueWish, (id, path, value, reason))

namespace {

constexpr std::size_t kImportMax = 64u << 20;
constexpr std::size_t kSearchedMax = 10'000;  // Submodels.

std::string_view english(std::span<const Node> texts) {
  for (const auto& each : texts) {
    if (each.text(Name::language).starts_with("en")) return each.text(Name::text);
  }
  return texts.empty() ? std::string_view{} : texts.front().text(Name::text);
}

std::string unit_of(const Node& element) {
  for (const auto& each : element.nodes(Name::embeddedDataSpecifications)) {
    const auto* content = each.node(Name::dataSpecificationContent);
    if (content && content->has(Name::unit)) return std::string{content->text(Name::unit)};
  }
  return {};
}

/// What an element holds as one line.
std::string value_text(const Node& element, const LiveValues& live) {
  switch (element.of()) {
    case Class::Property: {
      const auto signal = bound_signal(element);
      if (!signal.empty()) return live.value_of(signal).value_or("");
      return std::string{element.text(Name::value)};
    }
    case Class::MultiLanguageProperty:
      return std::string{english(element.nodes(Name::value))};
    case Class::Range:
      return fmt::format("{} … {}", element.text(Name::min), element.text(Name::max));
    case Class::File:
      return std::string{element.text(Name::value)};
    case Class::ReferenceElement:
      return std::string{first_key(element.node(Name::value))};
    case Class::Entity:
      return std::string{element.text(Name::globalAssetId)};
    default:
      return {};
  }
}

class Flattener {
 public:
  Flattener(const LiveValues& live, const signal::Signals& signals) : live_(live), signals_(signals) {}
  void below(const Node& node, const ElementPath& path, std::vector<ElementRow>& out) {
    const auto attribute = children_attribute(node.of());
    if (!attribute) return;
    const auto children = node.nodes(*attribute);
    for (std::size_t i = 0; i < children.size(); ++i) {
      auto at = path;
      if (node.of() == Class::SubmodelElementList) {
        at.emplace_back(i);
      } else {
        at.emplace_back(std::string{children[i].text(Name::idShort)});
      }
      out.push_back(row(children[i], at));
      below(children[i], at, out);
    }
  }

 private:
  ElementRow row(const Node& element, const ElementPath& path) const {
    return {.path = to_string(path),
            .depth = std::ssize(path) - 1,
            .kind = std::string{info(element.of()).name},
            .id_short = std::string{element.text(Name::idShort)},
            .semantic_id = std::string{first_key(element.node(Name::semanticId))},
            .value = value_text(element, live_),
            .value_type = std::string{element.of() == Class::Property ? element.text(Name::valueType) : ""},
            .unit = unit_of(element),
            .description = std::string{english(element.nodes(Name::description))},
            .signal = number_of(element),
            .writable = false};
  }
  std::optional<std::int64_t> number_of(const Node& element) const {
    const auto signal = element.of() == Class::Property ? bound_signal(element) : std::string_view{};
    const auto* known = signal_named(signals_, signal);
    return known ? std::optional{static_cast<std::int64_t>(known->number)} : std::nullopt;
  }

  const LiveValues& live_;
  const signal::Signals& signals_;
};

Result<ShellRow> shell_row(Twins& twins, const Node& shell) {
  const std::string id{shell.text(Name::id)};
  ShellRow row{.id = id,
               .id_short = std::string{shell.text(Name::idShort)},
               .name = std::string{english(shell.nodes(Name::displayName))},
               .asset_kind = {},
               .asset_id = {},
               .generated = twins.plant().owns(id),
               .submodels = {}};
  if (const auto* asset = shell.node(Name::assetInformation)) {
    row.asset_kind = asset->text(Name::assetKind);
    row.asset_id = asset->text(Name::globalAssetId);
  }
  for (const auto& reference : shell.nodes(Name::submodels)) {
    SubmodelRow submodel{.id = std::string{first_key(&reference)}, .id_short = {}, .semantic_id = {}};
    HANSE_TRY(const auto found, twins.find(Class::Submodel, submodel.id));
    if (found) {
      submodel.here = true;
      submodel.id_short = found->text(Name::idShort);
      submodel.semantic_id = first_key(found->node(Name::semanticId));
    }
    row.submodels.push_back(std::move(submodel));
  }
  return row;
}

Result<api::Page<ShellRow>> list_shells(Twins& twins, const ShellsWish& wish) {
  HANSE_TRY(auto page, twins.list(Class::AssetAdministrationShell, {}, wish.cursor, wish.limit));
  api::Page<ShellRow> out{.items = {}, .next = std::move(page.next)};
  for (const auto& each : page.items) {
    HANSE_TRY(auto row, shell_row(twins, *each));
    out.items.push_back(std::move(row));
  }
  return out;
}

void mark_writable(const Twins& twins, std::vector<ElementRow>& rows) {
  if (!twins.machine()) return;
  const auto number = [](const ElementRow& row) { return static_cast<signal::SignalId>(row.signal.value_or(0)); };
  std::vector<signal::SignalId> bound;
  for (const auto& row : rows) {
    if (row.signal) bound.push_back(number(row));
  }
  const auto writable = bound.empty() ? std::set<signal::SignalId>{} : twins.machine()->writable(bound);
  for (auto& row : rows) row.writable = row.signal && writable.contains(number(row));
}

Result<SubmodelView> view_submodel(Twins& twins, const SubmodelWish& wish) {
  PastTwin shown;
  if (wish.at) {
    HANSE_TRY(shown, twins.at(Class::Submodel, wish.id, *wish.at));
  } else {
    HANSE_TRY(shown.node, twins.get(Class::Submodel, wish.id));
  }
  const auto& submodel = shown.node;
  SubmodelView view{.id = wish.id,
                    .id_short = std::string{submodel->text(Name::idShort)},
                    .semantic_id = std::string{first_key(submodel->node(Name::semanticId))},
                    .generated = twins.plant().owns(wish.id),
                    .since = shown.since,
                    .actor = shown.actor,
                    .elements = {}};
  const auto live = wish.at ? twins.values_at(*wish.at) : twins.live();
  const auto signals = twins.plant().parts().directory.snapshot();
  Flattener{live, *signals}.below(*submodel, {}, view.elements);
  if (!wish.at) mark_writable(twins, view.elements);
  return view;
}

Result<api::Page<SemanticHit>> search(Twins& twins, const SearchWish& wish) {
  api::Page<SemanticHit> out;
  const auto wanted = canonical_semantic_id(wish.semantic_id);
  const auto live = twins.live();
  const auto signals = twins.plant().parts().directory.snapshot();
  const auto is_wanted = [&](std::string_view id) {
    return !id.empty() && canonical_semantic_id(id).find(wanted) != std::string::npos;
  };
  std::optional<std::string> cursor;
  std::size_t searched = 0;
  do {
    HANSE_TRY(auto page, twins.list(Class::Submodel, {}, cursor, 1000));
    searched += page.items.size();
    for (const auto& submodel : page.items) {
      const std::string id{submodel->text(Name::id)}, name{submodel->text(Name::idShort)};
      const auto own = first_key(submodel->node(Name::semanticId));
      if (is_wanted(own)) out.items.push_back({id, name, {}, std::string{own}, {}});
      std::vector<ElementRow> rows;
      Flattener{live, *signals}.below(*submodel, {}, rows);
      for (auto& row : rows) {
        if (is_wanted(row.semantic_id)) out.items.push_back({id, name, row.path, row.semantic_id, row.value});
      }
      if (std::ssize(out.items) >= wish.limit) {
        out.items.resize(static_cast<std::size_t>(wish.limit));
        return out;
      }
    }
    cursor = std::move(page.next);
  } while (cursor && searched < kSearchedMax);
  return out;
}

Result<AskedValue> ask_value(Twins& twins, const ValueWish& wish, const api::Caller& caller) {
  HANSE_TRY(const auto submodel, twins.get(Class::Submodel, wish.id));
  HANSE_TRY(const auto path, parse_element_path(wish.path));
  const auto* element = find_element(*submodel, path);
  if (!element) return fail(ErrorCode::not_found, fmt::format("the submodel has no element '{}'", wish.path));
  HANSE_TRY(const auto value, JsonDocument::parse(wish.value.text));
  HANSE_TRY(auto change, ask_machine(twins, caller, {.submodel = wish.id, .path = wish.path, .reason = wish.reason},
                                     *element, value.root()));
  return AskedValue{std::move(change)};
}

}  // namespace

std::vector<api::Route> routes(Twins& twins) {
  using api::Context;
  std::vector<api::Route> out;
  out.push_back(api::route<ShellsWish, api::Page<ShellRow>>(
      {.path = "/api/v1/twin/shells", .summary = "Shells with the submodels they refer to.", .permission = "twin.read"},
      [&twins](const ShellsWish& in, const Context&) { return list_shells(twins, in); }));
  out.push_back(api::route<SubmodelWish, SubmodelView>(
      {.path = "/api/v1/twin/submodel",
       .summary = "A submodel's elements with their values, now or at a moment.",
       .permission = "twin.read"},
      [&twins](const SubmodelWish& in, const Context&) { return view_submodel(twins, in); }));
  out.push_back(api::route<SearchWish, api::Page<SemanticHit>>(
      {.path = "/api/v1/twin/search",
       .summary = "What has a semantic id, among the first 10,000 submodels.",
       .permission = "twin.read"},
      [&twins](const SearchWish& in, const Context&) { return search(twins, in); }));
  out.push_back(api::route<ImportWish, TwinImportReport>(
      {.method = api::Method::post,
       .path = "/api/v1/twin/import",
       .summary = "Brings in an AASX package, or an environment in JSON or XML, and says what is wrong with it.",
       .permission = "twin.write",
       .body_bytes_max = kImportMax},
      [&twins](const ImportWish& in, const Context& context) {
        return twins.import({context.caller.id}, in.body.text, in.dry_run);
      }));
  out.push_back(api::route<ValueWish, AskedValue>(
      {.method = api::Method::post,
       .path = "/api/v1/twin/value",
       .summary = "Asks for the value of a bound property to be written at its machine; a second person approves it.",
       .permission = "machines.request"},
      [&twins](const ValueWish& in, const Context& context) { return ask_value(twins, in, context.caller); }));
  for (auto& each : history_routes(twins)) out.push_back(std::move(each));
  return out;
}

}  // namespace hanse::twin
