#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "store/collection.hpp"
#include "twin/model/node.hpp"

namespace hanse::twin {

enum class VersionAct { created, changed, deleted };
HANSE_DESCRIBE_ENUM(VersionAct, created, changed, deleted)

/// How a shell, a submodel or a concept description was from a moment on.
struct TwinVersion {
  std::string id;           ///< Of the document: what it is of, and its number.
  std::string of;           ///< Kind and id of what it is of.
  std::int64_t number = 0;  ///< 1, 2, 3, ... of one object.
  Timestamp time;
  std::string actor;  ///< Empty when nobody knows: it was there before versions were kept.
  VersionAct act = VersionAct::changed;
  std::string body;  ///< The document; empty when it was deleted.
  static constexpr auto kTime = "time";
  static constexpr auto kOf = "of";
  static std::vector<store::IndexField> index(const TwinVersion& version);
};
HANSE_DESCRIBE(TwinVersion, (id, of, number, time, actor, act, body))

/// The versions of what the repository keeps: a copy at each change, so many of an object, written in the change's own
/// transaction. Blocking; safe from many threads.
class Versions {
 public:
  /// `kept` of each object at most; 0 for none.
  Versions(store::Store& store, const Clock& clock, std::int64_t kept);

  /// Keeps how an object is after a change, `body` being empty when it is gone. Call it before the change, as what was
  /// there before versions were kept becomes the first of them.
  Result<void> keep(store::Transaction& transaction, const store::Actor& actor, std::string_view kind,
                    std::string_view id, std::string_view body);

  /// Newest first.
  Result<store::StoredPage<TwinVersion>> list(std::string_view kind, std::string_view id,
                                              const std::optional<std::string>& cursor, std::int64_t limit) const;
  /// What held at `time`: the version with its body, or what is stored now when it was never changed since. Errors:
  /// `not_found`, saying whether it wasn't there yet, was deleted, or nobody knows any more.
  Result<TwinVersion> at(std::string_view kind, std::string_view id, Timestamp time) const;

 private:
  Result<std::optional<TwinVersion>> newest(store::Transaction& transaction, const std::string& of) const;
  Result<void> put(store::Transaction& transaction, TwinVersion version) const;

  store::Store& store_;
  const Clock& clock_;
  const std::int64_t kept_;
  store::Collection<TwinVersion> versions_;
};

}  // namespace hanse::twin
