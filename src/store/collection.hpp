#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "store/store.hpp"

namespace hanse::store {

template <class T>
struct Stored {
  T record;
  std::int64_t version = 0;
  Timestamp changed_at;
};

template <class T>
struct StoredPage {
  std::vector<Stored<T>> items;
  std::optional<std::string> next;
};

/// Typed documents of one kind. T is described, has a member `id` (text or TextId), and names what it can be found by:
///   static std::vector<store::IndexField> index(const Asset& asset);   // may be absent
/// Reads tolerate members of a newer version; writes are exact.
template <class T>
class Collection {
 public:
  Collection(Store& store, std::string kind) : store_(store), kind_(std::move(kind)) {}

  const std::string& kind() const { return kind_; }

  Result<std::optional<Stored<T>>> find(std::string_view id) const {
    HANSE_TRY(auto document, store_.get(kind_, id));
    if (!document) return std::optional<Stored<T>>{};
    HANSE_TRY(auto stored, read(*document));
    return std::optional<Stored<T>>{std::move(stored)};
  }

  /// Errors: `not_found`, naming kind and id.
  Result<Stored<T>> get(std::string_view id) const {
    HANSE_TRY(auto found, find(id));
    if (!found) return fail(ErrorCode::not_found, "there is no " + kind_ + " '" + std::string{id} + "'");
    return *std::move(found);
  }

  /// `query.kind` is filled in.
  Result<StoredPage<T>> list(Query query) const {
    query.kind = kind_;
    HANSE_TRY(auto page, store_.list(query));
    StoredPage<T> out{.items = {}, .next = std::move(page.next)};
    for (const auto& document : page.items) {
      HANSE_TRY(auto stored, read(document));
      out.items.push_back(std::move(stored));
    }
    return out;
  }

  /// All of them, page by page: for small kinds and for start-up.
  Result<std::vector<Stored<T>>> all() const {
    std::vector<Stored<T>> out;
    Query query{.limit = 1000};
    for (;;) {
      HANSE_TRY(auto page, list(query));
      for (auto& item : page.items) out.push_back(std::move(item));
      if (!page.next) return out;
      query.cursor = std::move(page.next);
    }
  }

  /// Within a transaction that may hold other changes. Returns the new version.
  Result<std::int64_t> put(Transaction& transaction, const T& record, std::optional<std::int64_t> expected = {}) const {
    return transaction.put(kind_, id_text(record.id), to_json(record), index_of(record), expected);
  }
  Result<void> remove(Transaction& transaction, std::string_view id, std::optional<std::int64_t> expected = {}) const {
    return transaction.remove(kind_, id, expected);
  }

  /// The same as a transaction of its own.
  Result<std::int64_t> put(const Actor& actor, const T& record, std::optional<std::int64_t> expected = {}) const {
    std::int64_t version = 0;
    HANSE_CHECK(store_.write(actor, [&](Transaction& transaction) -> Result<void> {
      HANSE_TRY(version, put(transaction, record, expected));
      return {};
    }));
    return version;
  }
  Result<void> remove(const Actor& actor, std::string_view id, std::optional<std::int64_t> expected = {}) const {
    return store_.write(actor, [&](Transaction& transaction) { return remove(transaction, id, expected); });
  }

 private:
  static const std::string& id_text(const std::string& id) { return id; }
  template <class Tag>
  static const std::string& id_text(const TextId<Tag>& id) {
    return id.value;
  }

  static std::vector<IndexField> index_of(const T& record) {
    if constexpr (requires { T::index(record); }) {
      return T::index(record);
    } else {
      return {};
    }
  }

  static Result<Stored<T>> read(const Document& document) {
    auto record = from_json<T>(document.body, UnknownMembers::ignore);
    if (!record) {
      return fail(ErrorCode::corrupt, "the stored " + document.kind + " '" + document.id + "' can't be read",
                  std::move(record.error().fields));
    }
    return Stored<T>{*std::move(record), document.version, document.changed_at};
  }

  Store& store_;
  std::string kind_;
};

}  // namespace hanse::store
