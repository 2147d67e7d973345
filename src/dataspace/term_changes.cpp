#include "dataspace/term_changes.hpp"

#include <algorithm>

namespace hanse::dataspace {
namespace {

bool same_clause(const Clause& a, const Clause& b) { return a.kind == b.kind && a.values == b.values; }
bool same_subject(const PlainRule& a, const PlainRule& b) { return a.kind == b.kind && a.action == b.action; }

/// Takes out of both what is in both.
template <class T, class Same>
void cancel(std::vector<T>& before, std::vector<T>& after, const Same& same) {
  std::erase_if(before, [&](const T& old) {
    const auto found = std::ranges::find_if(after, [&](const T& now) { return same(old, now); });
    if (found == after.end()) return false;
    after.erase(found);
    return true;
  });
}

void compare_rules(PlainRule before, PlainRule after, std::vector<TermChange>& out) {
  cancel(before.clauses, after.clauses, same_clause);
  for (auto& old : before.clauses) {
    const auto now = std::ranges::find(after.clauses, old.kind, &Clause::kind);
    TermChange change{.kind = before.kind, .action = before.action, .before = std::move(old), .after = {}};
    if (now != after.clauses.end()) {
      change.after = std::move(*now);
      after.clauses.erase(now);
    }
    out.push_back(std::move(change));
  }
  for (auto& now : after.clauses)
    out.push_back({.kind = after.kind, .action = after.action, .before = {}, .after = std::move(now)});
}

}  // namespace

std::vector<TermChange> term_changes(const std::vector<PlainRule>& before, const std::vector<PlainRule>& after) {
  auto left = before, right = after;
  cancel(left, right, [](const PlainRule& a, const PlainRule& b) {
    return same_subject(a, b) && std::ranges::equal(a.clauses, b.clauses, same_clause);
  });
  std::vector<TermChange> out;
  for (auto& old : left) {
    const auto now = std::ranges::find_if(right, [&](const PlainRule& each) { return same_subject(old, each); });
    if (now == right.end()) {
      out.push_back({.kind = old.kind, .action = old.action, .before = {}, .after = {}});
      continue;
    }
    compare_rules(std::move(old), std::move(*now), out);
    right.erase(now);
  }
  for (const auto& now : right)
    out.push_back({.kind = now.kind, .action = now.action, .before = {}, .after = {}, .added = true});
  return out;
}

}  // namespace hanse::dataspace
