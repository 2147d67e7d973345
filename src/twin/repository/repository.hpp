#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/store.hpp"
#include "twin/history/versions.hpp"
#include "twin/model/node.hpp"

namespace hanse::twin {

/// Shells, submodels, concept descriptions and descriptors in the store, one document each, found through its index.
/// What is read often stays parsed in memory. What was before a change is kept, but for descriptors. Blocking; safe
/// from many threads.
class Repository {
 public:
  /// `versions_kept` of each object at most.
  Repository(store::Store& store, const Clock& clock, std::int64_t versions_kept);

  using Entry = std::shared_ptr<const Node>;
  struct Page {
    std::vector<Entry> items;
    std::optional<std::string> next;
  };
  /// Fields of the index that must have these values; see `index_of`.
  using Filter = std::vector<store::IndexField>;

  /// Null when there is none. `of` is one of the five classes kept here.
  Result<Entry> find(Class of, std::string_view id);
  /// Errors: `not_found`, naming class and id.
  Result<Entry> get(Class of, std::string_view id);
  /// By id; costs the same wherever the page lies.
  Result<Page> list(Class of, const Filter& filter, const std::optional<std::string>& cursor, std::int64_t limit);

  /// Errors: `conflict` when the id is taken.
  Result<void> create(const store::Actor& actor, Node node);
  /// True when it is new.
  Result<bool> put(const store::Actor& actor, Node node);
  /// Many in one transaction, as imports and bulk operations need: replaces what is there. Errors: `conflict` for an id
  /// that is taken, when they must all be new.
  Result<void> put_all(const store::Actor& actor, const std::vector<Node>& nodes, bool all_new = false);
  /// All or none. Errors: `not_found`, naming the first that isn't there.
  Result<void> remove_all(const store::Actor& actor, Class of, const std::vector<std::string>& ids);
  Result<void> remove(const store::Actor& actor, Class of, std::string_view id);
  /// Reads, changes and writes it as one step: when somebody else wrote meanwhile, `work` gets the newer one. Errors:
  /// of `work`, then nothing is written.
  Result<Entry> change(const store::Actor& actor, Class of, std::string_view id,
                       const std::function<Result<void>(Node&)>& work);

  const Versions& versions() const { return versions_; }
  /// A version's document. Errors: `corrupt`.
  Result<Entry> read_version(Class of, const TwinVersion& version) const;

 private:
  struct Kept {
    Entry node;
    std::size_t bytes = 0;
  };
  struct Cache {
    std::mutex mutex;
    std::unordered_map<std::string, Kept> kept;
    std::size_t bytes = 0;
    std::uint64_t changes = 0;  ///< What was read before a change must not be kept after it.
  };
  Result<Entry> parse(const store::Document& document) const;
  Result<std::int64_t> write(store::Transaction& transaction, const store::Actor& actor, const Node& node,
                             std::optional<std::int64_t> expected);
  Result<void> write_new(store::Transaction& transaction, const store::Actor& actor, const Node& node);
  Result<void> remove_in(store::Transaction& transaction, const store::Actor& actor, Class of, std::string_view id);

  store::Store& store_;
  Versions versions_;
  std::shared_ptr<Cache> cache_ = std::make_shared<Cache>();
};

/// The store's name of a class's documents, `twin_submodel`.
std::string_view kind_of(Class of);
/// What a document can be found by: `idShort`, `semanticId` (canonical), `asset` (`name=value` of each asset id),
/// `assetKind`, `assetType`, `isCaseOf`, `dataSpecification`, `submodel` (ids that a shell refers to).
std::vector<store::IndexField> index_of(const Node& node);

}  // namespace hanse::twin
