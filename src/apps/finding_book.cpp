#include "apps/finding_book.hpp"

#include <algorithm>

namespace hanse::apps {
namespace {

StoredFinding stored(const Finding& finding) {
  return {finding.app + '/' + finding.key + '/' + to_string(finding.begin), finding};
}

}  // namespace

Result<void> FindingBook::load() {
  store::Query query{.kind = {}, .equal = {{"open", "yes"}}, .limit = 1000};
  for (;;) {
    HANSE_TRY(auto page, collection_.list(query));
    const std::lock_guard lock{mutex_};
    for (auto& item : page.items) {
      const auto& finding = item.record.finding;
      open_.insert_or_assign({finding.app, finding.key}, finding);
    }
    if (!page.next) return {};
    query.cursor = std::move(page.next);
  }
}

Result<void> FindingBook::put(std::span<const Finding> findings) {
  for (auto finding : findings) {
    bool write = false;
    {
      const std::lock_guard lock{mutex_};
      const auto known = open_.find({finding.app, finding.key});
      if (known == open_.end() && finding.end) continue;  // Closes what isn't open: seen before a restart, or never.
      if (known != open_.end()) finding.begin = known->second.begin;
      write = known == open_.end() || finding.end || finding.severity > known->second.severity;
      if (finding.end) {
        open_.erase(known);
      } else {
        open_.insert_or_assign({finding.app, finding.key}, finding);
      }
    }
    if (write) HANSE_CHECK(collection_.put(store::Actor{"app:" + finding.app}, stored(finding)));
    for (const auto& listener : listeners_) listener(finding);
  }
  return {};
}

std::vector<Finding> FindingBook::open(const std::string& app) const {
  std::vector<Finding> out;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [key, finding] : open_) {
      if (app.empty() || finding.app == app) out.push_back(finding);
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Finding& a, const Finding& b) {
    return a.severity != b.severity ? a.severity > b.severity : a.begin < b.begin;
  });
  return out;
}

std::int64_t FindingBook::open_count(const std::string& app) const { return std::ssize(open(app)); }

}  // namespace hanse::apps
