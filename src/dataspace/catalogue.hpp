#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "dataspace/records.hpp"
#include "store/collection.hpp"

namespace hanse::dataspace {

/// What a partner asks the catalogue for.
struct CatalogueRequest {
  std::string text;  ///< Part of id or title, any case.
  std::optional<DatasetKind> kind;
  std::string after;  ///< Id of the last dataset of the page before.
  std::int64_t offset = 0;
  std::int64_t limit = 100;
};
/// Reads the body of a catalogue request. Filters that are known: `{"text": ..., "kind": ...}` and EDC's QuerySpec
/// with offset and limit. Errors: `invalid`, also for another filter.
Result<CatalogueRequest> read_catalogue_request(std::string_view body);

struct CataloguePage {
  std::string body;  ///< The `Catalog` document.
  std::string next;  ///< `after` of the following page; empty on the last.
};

/// A dataset as one partner may see it.
struct VisibleDataset {
  Dataset dataset;
  OfferTemplate offer;
  std::string offer_id;
  RawJson offer_json;  ///< As in the catalogue: with `@id` and rules, without target.
};

/// What this node offers: datasets under shared terms, and who may see which. The index of who sees what lives in
/// memory and is asked per set of terms, not per dataset. Safe from many threads.
class Catalogue {
 public:
  Catalogue(store::Store& store, const Clock& clock);
  /// Reads the index; before anything else.
  Result<void> load();

  const store::Collection<Dataset>& datasets() const { return datasets_; }
  const store::Collection<OfferTemplate>& offers() const { return offers_; }
  Result<std::int64_t> put(const store::Actor& actor, const Dataset& dataset,
                           std::optional<std::int64_t> expected = {});
  Result<std::int64_t> put(const store::Actor& actor, const OfferTemplate& offer,
                           std::optional<std::int64_t> expected = {});
  /// Many in few transactions, for imports.
  Result<void> put_all(const store::Actor& actor, std::span<const Dataset> datasets);
  Result<void> remove_dataset(const store::Actor& actor, std::string_view id);
  /// Errors: `conflict` while a dataset uses it.
  Result<void> remove_offer(const store::Actor& actor, std::string_view id);

  /// `base` is this node's protocol address, `participant` its id.
  Result<CataloguePage> page(const Partner& partner, const CatalogueRequest& request, std::string_view base,
                             std::string_view participant) const;
  /// Errors: `not_found`, also for what the partner may not see.
  Result<std::string> dataset_document(const Partner& partner, std::string_view id, std::string_view base) const;
  Result<VisibleDataset> visible(const Partner& partner, std::string_view id) const;
  /// Why a partner sees the dataset, or doesn't: the conditions, in words.
  Result<Decision> explain_visibility(const Partner& partner, std::string_view dataset) const;

 private:
  struct Entry {
    std::string id;
    std::string searched;  ///< Id and title, lower case.
    DatasetKind kind;
    friend bool operator<(const Entry& a, const Entry& b) { return a.id < b.id; }
  };
  /// Terms, ready to be asked, with the datasets under them.
  struct Group {
    OfferTemplate offer;
    std::string rules;
    Policy policy;
    std::set<Entry> entries;
  };
  static Result<std::shared_ptr<Group>> make_group(const OfferTemplate& offer);
  void index(const Dataset& dataset);
  void unindex(std::string_view id);
  Decision may_see(const Partner& partner, const Group& group) const;
  std::vector<const Entry*> find(const Partner& partner, const CatalogueRequest& request) const;
  std::string dataset_json(const Dataset& dataset, const Group& group, std::string_view service_json,
                           std::string_view context) const;

  store::Store& store_;
  const Clock& clock_;
  store::Collection<Dataset> datasets_;
  store::Collection<OfferTemplate> offers_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<Group>, std::less<>> groups_;  ///< By offer's id.
  std::map<std::string, std::string, std::less<>> group_of_;           ///< Offer's id by dataset's.
};

inline constexpr std::string_view kPull = "HttpData-PULL";
inline constexpr std::string_view kPush = "HttpData-PUSH";
/// The id of the one data service, from this node's protocol address.
std::string service_id(std::string_view base);

}  // namespace hanse::dataspace
