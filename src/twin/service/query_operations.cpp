#include <fmt/format.h>

#include <charconv>
#include <map>

#include "twin/model/reference.hpp"
#include "twin/query/evaluate.hpp"
#include "twin/service/descriptors.hpp"

// The query language over all twins of the node. A page ends when it is full, and also when it has looked at enough:
// its cursor then goes on where it stopped, so that no query holds a thread for long.

namespace hanse::twin {
namespace {

using api::Method;
using api::Response;
using enum Class;

constexpr std::int64_t kBatch = 100;           // Objects read at once.
constexpr std::size_t kLookedAtMax = 10'000;   // Objects for one page.
constexpr std::int64_t kWorkMax = 20'000'000;  // Steps of evaluation for one page; some seconds at worst.
constexpr std::size_t kShellsMax = 20'000;     // Shells whose submodels are held side by side.

/// Where a page goes on: what the list's cursor was, and how many after it are done.
struct QueryCursor {
  std::optional<std::string> list;
  std::size_t done = 0;
};

std::string write_query_cursor(const QueryCursor& cursor) {
  return fmt::format("{}.{}", cursor.done, cursor.list.value_or(""));
}

Result<QueryCursor> read_query_cursor(const std::optional<std::string>& text) {
  QueryCursor out;
  if (!text) return out;
  const auto dot = std::min(text->find('.'), text->size());
  const auto [end, error] = std::from_chars(text->data(), text->data() + dot, out.done);
  if (dot == text->size() || error != std::errc{} || end != text->data() + dot || out.done > kBatch)
    return fail(ErrorCode::invalid, "the cursor is not one that a page gave");
  if (dot + 1 < text->size()) out.list = text->substr(dot + 1);
  return out;
}

/// The index's part of a condition: what finds fewer objects, and never too few.
Repository::Filter filter_of_query(const Condition& condition, Class of) {
  Repository::Filter filter;
  const auto root = of == Submodel                             ? "$sm"
                    : of == ConceptDescription                 ? "$cd"
                    : of == SubmodelDescriptor                 ? "$smdesc"
                    : of == AssetAdministrationShellDescriptor ? "$aasdesc"
                                                               : "$aas";
  if (auto id_short = must_equal(condition, fmt::format("{}#idShort", root)))
    filter.push_back({"idShort", *std::move(id_short)});
  if (of != Submodel) return filter;
  for (const auto* field : {"$sm#semanticId", "$sm#semanticId.keys[0].value"}) {
    if (const auto id = must_equal(condition, field)) filter.push_back({"semanticId", canonical_semantic_id(*id)});
  }
  return filter;
}

class QueryRun {
 public:
  QueryRun(Call& call, const TwinQuery& query, Class of)
      : call_(call),
        twins_(call.twins),
        query_(query),
        of_(of),
        live_(call.twins.live()),
        needs_shells_(of == Submodel && uses(query.condition, FieldRoot::aas)),
        needs_submodels_(of == AssetAdministrationShell &&
                         (uses(query.condition, FieldRoot::sm) || uses(query.condition, FieldRoot::sme))) {}

  Result<std::string> page(const PageWish& wish) {
    HANSE_TRY(auto at, read_query_cursor(wish.cursor));
    if (needs_shells_) HANSE_CHECK(read_shells());
    const auto filter = filter_of_query(query_.condition, of_);
    for (;;) {
      HANSE_TRY(const auto batch, objects(filter, at.list));
      for (; at.done < batch.items.size(); ++at.done) {
        if (found_ == wish.limit || looked_at_ == kLookedAtMax) return finish(at);
        HANSE_TRY(const bool looked_at, look_at(*batch.items[at.done]));
        if (!looked_at) return finish(at);
      }
      if (!batch.next) return finish(std::nullopt);
      at = {.list = batch.next, .done = 0};
    }
  }

 private:
  Result<Repository::Page> objects(const Repository::Filter& filter, const std::optional<std::string>& cursor) {
    if (of_ == AssetAdministrationShellDescriptor || of_ == SubmodelDescriptor)
      return descriptor_page(call_, of_, filter, {.limit = kBatch, .cursor = cursor});
    return twins_.list(of_, filter, cursor, kBatch);
  }

  /// False when there was no more work left for it.
  Result<bool> look_at(const Node& object) {
    const auto before = work_;
    HANSE_TRY(const auto truth, ask(object));
    if (work_ < 0) {
      if (before < kWorkMax) return false;
      return fail(ErrorCode::too_large,
                  fmt::format("the query is too much work for '{}'; name paths of elements, and fewer patterns",
                              object.text(Name::id)));
    }
    ++looked_at_;
    if (truth != Truth::yes) return true;
    ++found_;
    auto& out = body_.next_item();
    if (query_.only_ids) {
      json::append_string(out, object.text(Name::id));
    } else {
      append_normal(out, object, {.live = &live_});
    }
    return true;
  }

  Result<Truth> ask(const Node& object) {
    const Node* const self[] = {&object};
    Subject subject{.live = &live_};
    std::vector<Repository::Entry> kept;
    std::vector<const Node*> others;
    if (of_ == ConceptDescription) subject.concept_description = &object;
    if (of_ == AssetAdministrationShellDescriptor) subject.shell_descriptor = &object;
    if (of_ == SubmodelDescriptor) subject.submodel_descriptor = &object;
    if (of_ == AssetAdministrationShell) {
      subject.shells = self;
      if (needs_submodels_) {
        HANSE_TRY(kept, submodels_of(object));
      }
      for (const auto& each : kept) others.push_back(each.get());
      subject.submodels = others;
    }
    if (of_ == Submodel) {
      subject.submodels = self;
      const auto found = shells_.find(object.text(Name::id));
      if (found != shells_.end()) {
        for (const auto& each : found->second) others.push_back(each.get());
      }
      subject.shells = others;
    }
    return evaluate(query_.condition, subject, work_);
  }

  Result<std::vector<Repository::Entry>> submodels_of(const Node& shell) {
    std::vector<Repository::Entry> out;
    for (const auto& reference : shell.nodes(Name::submodels)) {
      HANSE_TRY(auto found, twins_.find(Submodel, first_key(&reference)));
      if (found) out.push_back(std::move(found));
    }
    return out;
  }

  Result<void> read_shells() {
    std::optional<std::string> cursor;
    std::size_t count = 0;
    do {
      HANSE_TRY(auto page, twins_.list(AssetAdministrationShell, {}, cursor, 1000));
      count += page.items.size();
      if (count > kShellsMax)
        return fail(ErrorCode::too_large,
                    fmt::format("there are over {} shells; ask /query/shells about $sm instead", kShellsMax));
      for (const auto& shell : page.items) {
        for (const auto& reference : shell->nodes(Name::submodels))
          shells_[std::string{first_key(&reference)}].push_back(shell);
      }
      cursor = std::move(page.next);
    } while (cursor);
    return {};
  }

  std::string finish(const std::optional<QueryCursor>& next) {
    const auto type = query_.only_ids ? std::string_view{"Identifier"} : info(of_).name;
    return std::move(body_).finish(next ? std::optional{write_query_cursor(*next)} : std::nullopt, type);
  }

  Call& call_;
  Twins& twins_;
  const TwinQuery& query_;
  Class of_;
  SignalValues live_;
  bool needs_shells_, needs_submodels_;
  std::map<std::string, std::vector<Repository::Entry>, std::less<>> shells_;  // By id of a submodel.
  PagedBody body_;
  std::int64_t found_ = 0;
  std::size_t looked_at_ = 0;
  std::int64_t work_ = kWorkMax;
};

Result<Response> answer_query(Call& call, Class of) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  HANSE_TRY(const auto query, read_query(call.request.body));
  HANSE_TRY(auto body, QueryRun(call, query, of).page(wish));
  return json_response(std::move(body));
}
Result<Response> query_shells(Call& call) { return answer_query(call, AssetAdministrationShell); }
Result<Response> query_submodels(Call& call) { return answer_query(call, Submodel); }
Result<Response> query_concepts(Call& call) { return answer_query(call, ConceptDescription); }
Result<Response> query_shell_descriptors(Call& call) { return answer_query(call, AssetAdministrationShellDescriptor); }
Result<Response> query_submodel_descriptors(Call& call) { return answer_query(call, SubmodelDescriptor); }

}  // namespace

std::vector<Action> query_operations() {
  return {{Method::post, "query/shells", query_shells},
          {Method::post, "query/submodels", query_submodels},
          {Method::post, "query/concept-descriptions", query_concepts},
          {Method::post, "query/shell-descriptors", query_shell_descriptors},
          {Method::post, "query/submodel-descriptors", query_submodel_descriptors}};
}

}  // namespace hanse::twin
