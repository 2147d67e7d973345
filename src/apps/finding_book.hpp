#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/app.hpp"
#include "store/collection.hpp"

namespace hanse::apps {

/// A finding as it is kept: one document per finding, made when it opens, changed when it closes.
struct StoredFinding {
  std::string id;  ///< `performance/stop:press-4/2026-03-01T06:00:00Z`
  Finding finding;
  static std::vector<store::IndexField> index(const StoredFinding& stored) {
    return {{"open", stored.finding.end ? "no" : "yes"}, {"app", stored.finding.app}};
  }
};
HANSE_DESCRIBE(StoredFinding, (id, finding))

/// What apps found: open ones in memory, all in the store. Safe from many threads.
class FindingBook {
 public:
  explicit FindingBook(store::Store& store) : collection_(store, "finding") {}

  /// Reads those that were open. Errors: of the store.
  Result<void> load();
  /// Opens, updates or (with `end`) closes. Written when it opens, grows more severe or closes; a changed sentence
  /// alone stays in memory, or a stop would be written every minute.
  Result<void> put(std::span<const Finding> findings);
  /// Open ones, the most severe and oldest first.
  std::vector<Finding> open(const std::string& app = {}) const;
  Result<store::StoredPage<StoredFinding>> list(store::Query query) const { return collection_.list(std::move(query)); }
  std::int64_t open_count(const std::string& app) const;
  /// Called with each change, on the thread of `put`. Add before use.
  void listen(std::function<void(const Finding&)> listener) { listeners_.push_back(std::move(listener)); }

 private:
  store::Collection<StoredFinding> collection_;
  std::vector<std::function<void(const Finding&)>> listeners_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Finding> open_;  ///< By app and key.
};

}  // namespace hanse::apps
