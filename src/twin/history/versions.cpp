#include "twin/history/versions.hpp"

#include <fmt/format.h>

namespace hanse::twin {
namespace {

std::string text_of_moment(Timestamp time) { return fmt::format("{:020}", time.ns); }
std::string owner_of_versions(std::string_view kind, std::string_view id) { return fmt::format("{}\n{}", kind, id); }
std::string version_id(std::string_view of, std::int64_t number) { return fmt::format("{}\n{:012}", of, number); }

store::Query newest_first(const std::string& of) {
  return {.kind = {},
          .equal = {{TwinVersion::kOf, of}},
          .range_field = TwinVersion::kTime,
          .range_begin = {},
          .range_end = {},
          .descending = true,
          .cursor = {},
          .limit = 1};
}

}  // namespace

std::vector<store::IndexField> TwinVersion::index(const TwinVersion& version) {
  return {{kOf, version.of}, {kTime, text_of_moment(version.time)}};
}

Versions::Versions(store::Store& store, const Clock& clock, std::int64_t kept)
    : store_(store), clock_(clock), kept_(kept), versions_(store, "twin_version") {}

Result<std::optional<TwinVersion>> Versions::newest(store::Transaction& transaction, const std::string& of) const {
  auto query = newest_first(of);
  query.kind = versions_.kind();
  HANSE_TRY(const auto page, transaction.list(query));
  if (page.items.empty()) return std::optional<TwinVersion>{};
  HANSE_TRY(auto version, from_json<TwinVersion>(page.items.front().body, UnknownMembers::ignore));
  return std::optional{std::move(version)};
}

Result<void> Versions::put(store::Transaction& transaction, TwinVersion version) const {
  version.id = version_id(version.of, version.number);
  HANSE_CHECK(versions_.put(transaction, version));
  // More than one when fewer are kept than before.
  for (auto old = version.number - kept_; old > 0; --old) {
    const auto removed = versions_.remove(transaction, version_id(version.of, old));
    if (!removed && removed.error().code == ErrorCode::not_found) break;
    if (!removed) return removed.error();
  }
  return {};
}

Result<void> Versions::keep(store::Transaction& transaction, const store::Actor& actor, std::string_view kind,
                            std::string_view id, std::string_view body) {
  if (kept_ == 0) return {};
  const auto of = owner_of_versions(kind, id);
  HANSE_TRY(auto last, newest(transaction, of));
  if (!last) {
    HANSE_TRY(const auto present, transaction.get(kind, id));
    if (present) {
      last = TwinVersion{.id = {},
                         .of = of,
                         .number = 1,
                         .time = present->changed_at,
                         .actor = {},
                         .act = VersionAct::created,
                         .body = present->body};
      HANSE_CHECK(put(transaction, *last));
    }
  }
  if (last && last->body == body) return {};
  const bool was_there = last && last->act != VersionAct::deleted;
  // The clock may have been set back; the order of versions may not.
  const auto time = last ? std::max(clock_.now(), last->time + 1ns) : clock_.now();
  return put(transaction, {.id = {},
                           .of = of,
                           .number = last ? last->number + 1 : 1,
                           .time = time,
                           .actor = actor.id,
                           .act = body.empty() ? VersionAct::deleted
                                  : was_there  ? VersionAct::changed
                                               : VersionAct::created,
                           .body = std::string{body}});
}

Result<store::StoredPage<TwinVersion>> Versions::list(std::string_view kind, std::string_view id,
                                                      const std::optional<std::string>& cursor,
                                                      std::int64_t limit) const {
  auto query = newest_first(owner_of_versions(kind, id));
  query.cursor = cursor;
  query.limit = limit;
  return versions_.list(std::move(query));
}

Result<TwinVersion> Versions::at(std::string_view kind, std::string_view id, Timestamp time) const {
  auto query = newest_first(owner_of_versions(kind, id));
  query.range_end = text_of_moment(time + 1ns);
  HANSE_TRY(auto page, versions_.list(query));
  if (!page.items.empty()) {
    auto& version = page.items.front().record;
    if (version.act == VersionAct::deleted)
      return fail(ErrorCode::not_found, fmt::format("'{}' was deleted at {} by {}", id, to_string(version.time),
                                                    version.actor.empty() ? "somebody" : version.actor));
    return std::move(version);
  }
  query.range_end = {};
  HANSE_TRY(const auto any, versions_.list(query));
  HANSE_TRY(const auto present, store_.get(kind, id));
  if (any.items.empty() && present && present->changed_at <= time)
    return TwinVersion{.id = {},
                       .of = {},
                       .number = 0,
                       .time = present->changed_at,
                       .actor = {},
                       .act = VersionAct::created,
                       .body = present->body};
  if (any.items.empty() && !present) return fail(ErrorCode::not_found, fmt::format("there is no '{}'", id));
  return fail(ErrorCode::not_found,
              fmt::format("nothing is known of '{}' at {}: it wasn't there yet, or its versions from then are no more",
                          id, to_string(time)));
}

}  // namespace hanse::twin
