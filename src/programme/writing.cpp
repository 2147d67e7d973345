// Records that people write: what they refer to must be there.
#include <fmt/format.h>
#include <algorithm>

#include "programme/programme.hpp"

namespace hanse::programme {
namespace {

template <class T>
constexpr bool kOfNeed =
    std::is_same_v<T, Agreement> || std::is_same_v<T, ChangeRequest> || std::is_same_v<T, Decision> ||
    std::is_same_v<T, Milestone> || std::is_same_v<T, Responsibility> || std::is_same_v<T, Investment>;

Named organisations_of(const Agreement& record) { return {{"organisation", record.organisation}}; }
Named organisations_of(const auto&) { return {}; }

}  // namespace

template <class T>
Result<std::vector<FieldError>> Programme::wrong_references(const T& record) {
  std::vector<FieldError> errors;
  const auto refer = [&]<class Other>(const store::Collection<Other>& others, std::string path,
                                      const std::string& id) -> Result<void> {
    HANSE_TRY(const auto there, others.find(id));
    if (!there) errors.push_back({std::move(path), fmt::format("there is no {} '{}'", KindOf<Other>::word, id)});
    return {};
  };
  if constexpr (std::is_same_v<T, Need>) {
    for (std::size_t i = 0; i < record.designs.size(); ++i)
      HANSE_CHECK(refer(collection<Design>(), fmt::format("designs[{}]", i), record.designs[i]));
  }
  if constexpr (std::is_same_v<T, Approval>) HANSE_CHECK(refer(collection<Design>(), "design", record.design));
  if constexpr (kOfNeed<T>) {
    if (!record.need.empty()) HANSE_CHECK(refer(collection<Need>(), "need", record.need));
  }
  if constexpr (std::is_same_v<T, Investment>) {
    if (!record.problem.empty()) HANSE_CHECK(refer(collection<BoardProblem>(), "problem", record.problem));
  }
  const auto records = ecosystem_.records();
  if constexpr (std::is_same_v<T, LiveLine>) {
    const auto* calendar = records->calendars.find(record.calendar);
    if (!calendar || calendar->organisation != record.organisation)
      errors.push_back({"calendar", "is no capacity calendar of '" + record.organisation + "'"});
  }
  for (const auto& [path, organisation] : organisations_of(record)) {
    if (!records->organisations.find(organisation))
      errors.push_back({path, "there is no organisation '" + organisation + "'"});
  }
  return errors;
}

template <class T>
Result<std::int64_t> Programme::put(const store::Actor& actor, const T& record, std::optional<std::int64_t> expected) {
  HANSE_TRY(auto errors, wrong_references(record));
  if (!errors.empty())
    return fail(ErrorCode::invalid, fmt::format("the {} '{}' is wrong", KindOf<T>::word, record.id), std::move(errors));
  HANSE_TRY(const auto version, collection<T>().put(actor, record, expected));
  if constexpr (std::is_same_v<T, LiveLine>) {
    const std::lock_guard lock{watch_mutex_};
    lines_known_ = false;
  }
  return version;
}

template <class T>
Result<void> Programme::put_all(const store::Actor& actor, const std::vector<T>& records) {
  return store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    for (const auto& record : records) HANSE_CHECK(collection<T>().put(transaction, record));
    return {};
  });
}

Result<BoardProblem> Programme::vote(const store::Actor& actor, const std::string& problem,
                                     const std::string& organisation, bool given) {
  HANSE_TRY(auto stored, collection<BoardProblem>().get(problem));
  if (given && !ecosystem_.records()->organisations.find(organisation)) {
    return fail(ErrorCode::invalid, "the vote is wrong",
                {{"organisation", fmt::format("there is no organisation '{}'", organisation)}});
  }
  auto& votes = stored.record.votes;
  std::erase(votes, organisation);
  if (given) votes.push_back(organisation);
  HANSE_CHECK(put(actor, stored.record, stored.version));
  return stored.record;
}

#define HANSE_WRITTEN(T)                                                                                    \
  template Result<std::int64_t> Programme::put(const store::Actor&, const T&, std::optional<std::int64_t>); \
  template Result<void> Programme::put_all(const store::Actor&, const std::vector<T>&);                     \
  template Result<std::vector<FieldError>> Programme::wrong_references(const T&);
HANSE_WRITTEN(Need)
HANSE_WRITTEN(Design)
HANSE_WRITTEN(Approval)
HANSE_WRITTEN(Agreement)
HANSE_WRITTEN(ChangeRequest)
HANSE_WRITTEN(Decision)
HANSE_WRITTEN(Milestone)
HANSE_WRITTEN(Responsibility)
HANSE_WRITTEN(Investment)
HANSE_WRITTEN(BoardProblem)
HANSE_WRITTEN(LiveLine)
#undef HANSE_WRITTEN

}  // namespace hanse::programme
