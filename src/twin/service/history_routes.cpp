#include "twin/service/history_routes.hpp"

#include <fmt/format.h>

namespace hanse::twin {

struct VersionsWish {
  std::string id;
  TwinClass of = TwinClass::submodel;
  std::optional<std::string> cursor;
  std::int64_t limit = 20;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .summary = "Of the shell, submodel or concept.", .required = true},
                      FieldNote{.field = "limit", .summary = "Versions a page.", .min = 1, .max = 100}};
  }
};
HANSE_DESCRIBE(VersionsWish, (id, of, cursor, limit))
struct MomentWish {
  std::string id;
  TwinClass of = TwinClass::submodel;
  Timestamp at;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .summary = "Of the shell, submodel or concept.", .required = true},
                      FieldNote{.field = "at", .summary = "The moment.", .required = true}};
  }
};
HANSE_DESCRIBE(MomentWish, (id, of, at))
struct DifferenceWish {
  std::string id;
  TwinClass of = TwinClass::submodel;
  Timestamp from;
  std::optional<Timestamp> until;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "id", .summary = "Of the shell, submodel or concept.", .required = true},
                      FieldNote{.field = "from", .summary = "The earlier moment.", .required = true},
                      FieldNote{.field = "until", .summary = "The later moment; now when absent."}};
  }
};
HANSE_DESCRIBE(DifferenceWish, (id, of, from, until))

namespace {

Result<api::Page<TwinVersionRow>> list_versions(Twins& twins, const VersionsWish& wish) {
  HANSE_TRY(auto page, twins.versions(class_of(wish.of), wish.id, wish.cursor, wish.limit));
  api::Page<TwinVersionRow> out{.items = {}, .next = std::move(page.next)};
  for (const auto& [version, number, changed] : page.items)
    out.items.push_back({version.time, version.actor, version.act, std::ssize(version.body)});
  return out;
}

Result<TwinDocument> document_at(Twins& twins, const MomentWish& wish) {
  HANSE_TRY(const auto past, twins.at(class_of(wish.of), wish.id, wish.at));
  const auto values = twins.values_at(wish.at);
  TwinDocument out{.since = past.since, .actor = past.actor, .document = {}};
  append_normal(out.document.text, *past.node, {.extent = Extent::with_blob_value, .live = &values});
  return out;
}

Result<TwinDifference> difference_between(Twins& twins, const DifferenceWish& wish) {
  const auto until = wish.until.value_or(twins.clock().now());
  if (!(wish.from < until))
    return fail(ErrorCode::invalid, "the moments are wrong", {{"from", "must be before until"}});
  HANSE_TRY(const auto before, twins.at(class_of(wish.of), wish.id, wish.from));
  HANSE_TRY(const auto after, twins.at(class_of(wish.of), wish.id, until));
  return difference(*before.node, *after.node);
}

}  // namespace

Class class_of(TwinClass of) {
  switch (of) {
    case TwinClass::shell:
      return Class::AssetAdministrationShell;
    case TwinClass::submodel:
      return Class::Submodel;
    case TwinClass::concept_description:
      break;
  }
  return Class::ConceptDescription;
}

std::vector<api::Route> history_routes(Twins& twins) {
  using api::Context;
  std::vector<api::Route> out;
  out.push_back(api::route<VersionsWish, api::Page<TwinVersionRow>>(
      {.path = "/api/v1/twin/versions",
       .summary = "When a shell, submodel or concept description changed and by whom, newest first.",
       .permission = "twin.read"},
      [&twins](const VersionsWish& in, const Context&) { return list_versions(twins, in); }));
  out.push_back(api::route<MomentWish, TwinDocument>(
      {.path = "/api/v1/twin/document",
       .summary = "A shell, submodel or concept description as it was at a moment, with the values of then.",
       .permission = "twin.read"},
      [&twins](const MomentWish& in, const Context&) { return document_at(twins, in); }));
  out.push_back(api::route<DifferenceWish, TwinDifference>(
      {.path = "/api/v1/twin/difference",
       .summary = "What is otherwise at a later moment, as a list of paths; values of signals aside.",
       .permission = "twin.read"},
      [&twins](const DifferenceWish& in, const Context&) { return difference_between(twins, in); }));
  return out;
}

}  // namespace hanse::twin
