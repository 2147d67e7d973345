#include <fmt/format.h>

#include <algorithm>

#include "apps/scheduling/capacity.hpp"
#include "apps/scheduling/scheduling.hpp"

// What people do with the board: plan, move, pin, lock, undo, book, split, ask.

namespace hanse::apps::scheduling {
namespace {

namespace solver = optimiser::scheduling;

const PlannedOperation* find(const ScheduleVersion& version, const OperationKey& key) {
  const auto found = std::find_if(version.operations.begin(), version.operations.end(),
                                  [&](const auto& one) { return one.order == key.order && one.step == key.step; });
  return found == version.operations.end() ? nullptr : &*found;
}

Error not_planned(const OperationKey& key) {
  return fail(ErrorCode::not_found, fmt::format("order '{}' step '{}' isn't in the schedule", key.order, key.step));
}

std::vector<std::string> late_ids(const Ledger& ledger, std::span<const PlannedOperation> operations) {
  std::vector<std::string> late;
  for (const auto& [id, end] : order_ends(operations)) {
    const auto order = ledger.orders.find(id);
    if (order != ledger.orders.end() && order->second.due && end > *order->second.due) late.push_back(id);
  }
  return late;
}

double tardiness_h(const Ledger& ledger, std::span<const PlannedOperation> operations) {
  double sum = 0;
  for (const auto& [id, end] : order_ends(operations)) {
    const auto order = ledger.orders.find(id);
    if (order == ledger.orders.end() || !order->second.due || end <= *order->second.due) continue;
    sum += static_cast<double>((end - *order->second.due).count()) / 3.6e12 * static_cast<double>(order->second.weight);
  }
  return sum;
}

/// `user:anna` is anna to people.
std::string name_of(const store::Actor& actor) {
  const auto colon = actor.id.find(':');
  return colon == std::string::npos ? actor.id : actor.id.substr(colon + 1);
}

void set_pin(std::vector<Pinning>& pins, Pinning pin) {
  std::erase_if(pins, [&](const Pinning& one) { return one.order == pin.order && one.step == pin.step; });
  pins.push_back(std::move(pin));
}

/// The same schedule with other pins.
PlanDraft unchanged(const ScheduleVersion& version) {
  return {.operations = version.operations,
          .changes = {},
          .unplaced = version.unplaced,
          .rung = solver::Rung::none,
          .rungs = {},
          .figures = version.figures};
}

Result<void> check_move(const Situation& seen, const MoveRequest& request) {
  const OperationKey key{request.order, request.step};
  if (!find(*seen.current, key)) return not_planned(key);
  const auto* entry = seen.progress.find(key);
  if (entry && entry->started) {
    return fail(ErrorCode::conflict,
                fmt::format("order '{}' step '{}' has begun: it can't be moved", key.order, key.step));
  }
  const auto order = seen.ledger->orders.find(request.order);
  const auto* routing = order == seen.ledger->orders.end() ? nullptr : seen.ledger->routing_of(order->second);
  if (!routing) return not_planned(key);
  for (const auto& step : routing->steps) {
    if (step.id != request.step) continue;
    const bool can = std::any_of(step.machines.begin(), step.machines.end(),
                                 [&](const RoutingMachine& one) { return one.machine == request.machine; });
    if (can) return {};
    std::string names;
    for (const auto& one : step.machines) names += (names.empty() ? "" : ", ") + one.machine.value;
    return fail(ErrorCode::invalid, "the operation can't be done there",
                {{"machine", fmt::format("step '{}' can be done on {}", step.id, names)}});
  }
  return not_planned(key);
}

}  // namespace

Result<std::shared_ptr<const ScheduleVersion>> Scheduling::plan(const store::Actor& actor, bool afresh) {
  const std::lock_guard publishing{publish_mutex_};
  const auto seen = situation();
  const auto begin = context_.clock.monotonic();
  const auto model = build_model(seen->input());
  auto request = request_of(*seen, model);
  request.afresh = afresh;
  HANSE_TRY(auto draft, draft_schedule(request));
  draft.figures.solve_ms = static_cast<double>((context_.clock.monotonic() - begin).count()) / 1e6;
  {
    const std::lock_guard lock{mutex_};
    triggers_.clear();
  }
  return publish(std::move(draft), {.cause = seen->current->version == 0 ? Cause::first : Cause::asked,
                                    .why = afresh ? "planned afresh" : "improved",
                                    .by = actor.id,
                                    .pins = seen->current->pins});
}

Result<MoveAnswer> Scheduling::move(const store::Actor& actor, const MoveRequest& request) {
  const std::lock_guard publishing{publish_mutex_};
  const auto seen = situation();
  HANSE_CHECK(check_move(*seen, request));
  const auto begin = context_.clock.monotonic();
  const Timestamp start = std::max(request.start, seen->now);
  auto pins = seen->current->pins;
  set_pin(pins, {request.order, request.step, request.machine, start, false});
  auto published = seen->current->operations;
  for (auto& one : published) {
    if (one.order != request.order || one.step != request.step) continue;
    one.end = start + (one.end - one.start);
    one.start = start;
    one.machine = request.machine;
  }
  auto input = seen->input();
  input.pins = pins;
  const auto model = build_model(input);
  auto wanted = request_of(*seen, model);
  wanted.published = published;
  HANSE_TRY(auto draft, shift_draft(wanted));
  draft.figures.solve_ms = static_cast<double>((context_.clock.monotonic() - begin).count()) / 1e6;
  const OperationKey key{request.order, request.step};
  draft.changes = moves_between(seen->current->operations, draft.operations, settings_.tolerance, key, name_of(actor));
  const auto placed = std::find_if(draft.operations.begin(), draft.operations.end(), [&](const auto& one) {
    return one.order == request.order && one.step == request.step;
  });
  if (placed == draft.operations.end()) {
    return fail(ErrorCode::conflict, fmt::format("order '{}' would have no place then", request.order));
  }
  const auto off = placed->start > request.start ? placed->start - request.start : request.start - placed->start;
  MoveAnswer answer{.machine = placed->machine,
                    .start = placed->start,
                    .end = placed->end,
                    .snapped = off > 60s,
                    .moved = std::ssize(draft.changes),
                    .newly_late = {},
                    .changes = draft.changes};
  const auto late_before = late_ids(*seen->ledger, seen->current->operations);
  const auto late = late_ids(*seen->ledger, draft.operations);
  std::set_difference(late.begin(), late.end(), late_before.begin(), late_before.end(),
                      std::back_inserter(answer.newly_late));
  answer.late_orders_before = std::ssize(late_before);
  answer.late_orders = std::ssize(late);
  answer.tardiness_before_h = tardiness_h(*seen->ledger, seen->current->operations);
  answer.tardiness_h = tardiness_h(*seen->ledger, draft.operations);
  if (request.dry_run) return answer;
  HANSE_TRY(const auto made, publish(std::move(draft), {.cause = Cause::manual,
                                                        .why = fmt::format("order {} step {} moved by {}",
                                                                           request.order, request.step, name_of(actor)),
                                                        .by = actor.id,
                                                        .pins = std::move(pins)}));
  answer.version = made->version;
  return answer;
}

Result<std::int64_t> Scheduling::lock(const store::Actor& actor, const OperationKey& key) {
  const std::lock_guard publishing{publish_mutex_};
  const auto seen = situation();
  const auto* at = find(*seen->current, key);
  if (!at) return not_planned(key);
  auto pins = seen->current->pins;
  set_pin(pins, {key.order, key.step, at->machine, at->start, true});
  HANSE_TRY(const auto made,
            publish(unchanged(*seen->current), {.cause = Cause::manual,
                                                .why = fmt::format("order {} step {} locked", key.order, key.step),
                                                .by = actor.id,
                                                .pins = std::move(pins)}));
  return made->version;
}

Result<std::int64_t> Scheduling::unpin(const store::Actor& actor, const OperationKey& key) {
  const std::lock_guard publishing{publish_mutex_};
  const auto seen = situation();
  auto pins = seen->current->pins;
  const auto count =
      std::erase_if(pins, [&](const Pinning& one) { return one.order == key.order && one.step == key.step; });
  if (count == 0) {
    return fail(ErrorCode::not_found, fmt::format("order '{}' step '{}' isn't pinned", key.order, key.step));
  }
  HANSE_TRY(const auto made, publish(unchanged(*seen->current),
                                     {.cause = Cause::manual,
                                      .why = fmt::format("order {} step {} may move again", key.order, key.step),
                                      .by = actor.id,
                                      .pins = std::move(pins)}));
  return made->version;
}

Result<std::int64_t> Scheduling::undo(const store::Actor& actor) {
  const std::lock_guard publishing{publish_mutex_};
  const auto seen = situation();
  // Newest first: the last that a person made and nobody took back, and the complete one before it.
  std::set<std::int64_t> undone;
  std::optional<std::int64_t> target;
  std::shared_ptr<const ScheduleVersion> before;
  for (auto number = seen->current->version; number >= 1; --number) {
    const auto found = version(number);
    if (!found || !(*found)->complete) break;
    const auto& one = **found;
    if (one.undoes > 0) undone.insert(one.undoes);
    if (target) {
      before = *found;
      break;
    }
    const bool by_person = one.cause == Cause::manual || one.cause == Cause::asked;
    if (by_person && !undone.contains(number)) target = number;
  }
  if (!before) return fail(ErrorCode::conflict, "there is no change by a person that could be taken back");
  auto input = seen->input();
  input.pins = before->pins;
  const auto model = build_model(input);
  auto request = request_of(*seen, model);
  request.published = before->operations;
  // Orders that came since have no place in the old schedule: the repair gives them one.
  request.highest = solver::Rung::repair;
  HANSE_TRY(auto draft, draft_schedule(request));
  draft.changes = moves_between(seen->current->operations, draft.operations, settings_.tolerance, {}, name_of(actor));
  for (auto& change : draft.changes) {
    change.reason = ChangeReason::planner;
    change.text = fmt::format("version {} taken back by {}", *target, name_of(actor));
  }
  HANSE_TRY(const auto made, publish(std::move(draft), {.cause = Cause::undo,
                                                        .why = fmt::format("version {} taken back", *target),
                                                        .by = actor.id,
                                                        .undoes = *target,
                                                        .pins = before->pins}));
  return made->version;
}

Result<void> Scheduling::book_parts(const store::Actor& actor, const OperationKey& key, const AssetId& machine,
                                    double good, double scrap, bool done) {
  const auto seen = situation();
  const auto order = seen->ledger->orders.find(key.order);
  if (order == seen->ledger->orders.end())
    return fail(ErrorCode::not_found, fmt::format("there is no production order '{}'", key.order));
  if (!seen->plant->asset(machine))
    return fail(ErrorCode::invalid, "the booking is wrong", {{"machine", "there is no asset '" + machine.value + "'"}});
  const auto* routing = seen->ledger->routing_of(order->second);
  const bool known = routing && std::any_of(routing->steps.begin(), routing->steps.end(),
                                            [&](const RoutingStep& step) { return step.id == key.step; });
  if (!known) {
    return fail(ErrorCode::invalid, "the booking is wrong",
                {{"step", fmt::format("order '{}' has no step '{}'", key.order, key.step)}});
  }
  auto& log = context_.plant.events();
  const auto book_one = [&](plant::EventKind kind, double quantity) -> Result<void> {
    if (quantity <= 0) return {};
    plant::ProductionEvent event{.id = log.next_id(),
                                 .time = seen->now,
                                 .asset = machine,
                                 .kind = kind,
                                 .state = {},
                                 .quantity = quantity,
                                 .reason = {},
                                 .order = key.order,
                                 .product = order->second.product,
                                 .source = "person",
                                 .actor = actor.id,
                                 .comment = {}};
    HANSE_CHECK(log.append(actor, {&event, 1}));
    return {};
  };
  HANSE_CHECK(book_one(plant::EventKind::good, good));
  HANSE_CHECK(book_one(plant::EventKind::scrap, scrap));
  if (!done) return {};
  take_events(seen->now);
  const std::lock_guard lock{mutex_};
  progress_.finish(key, machine, seen->now);
  trigger(Cause::progress, fmt::format("order {} step {} is done", key.order, key.step),
          seen->now + settings_.coalesce);
  return {};
}

Result<TellAnswer> Scheduling::tell(const store::Actor& actor, const TellRequest& request) {
  HANSE_TRY(const auto told, record_of(*book_->ledger(), request, context_.clock.now()));
  const auto keep = [&]<class T>(const T& record) -> Result<TellAnswer> {
    HANSE_CHECK(book_->put<T>(actor, {record}));
    return TellAnswer{std::string{KindOf<T>::plural}, record.id};
  };
  if (told.arrival) return keep(*told.arrival);
  if (told.absence) return keep(*told.absence);
  if (told.network) return keep(*told.network);
  HANSE_ASSERT(told.tariff);
  return keep(*told.tariff);
}

Result<std::string> Scheduling::split(const store::Actor& actor, const std::string& id, std::int64_t quantity) {
  const auto ledger = book_->ledger();
  const auto found = ledger->orders.find(id);
  if (found == ledger->orders.end())
    return fail(ErrorCode::not_found, fmt::format("there is no production order '{}'", id));
  auto order = found->second;
  if (order.status != OrderStatus::open) return fail(ErrorCode::conflict, fmt::format("order '{}' isn't open", id));
  if (quantity < 1 || quantity >= order.quantity) {
    return fail(ErrorCode::invalid, "the order can't be split so",
                {{"quantity", fmt::format("must be from 1 to {}", order.quantity - 1)}});
  }
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [key, entry] : progress_.operations()) {
      if (key.order == id && entry.good > static_cast<double>(order.quantity - quantity)) {
        return fail(ErrorCode::conflict, fmt::format("{} parts of order '{}' are made already", entry.good, id));
      }
    }
  }
  auto second = order;
  int number = 2;
  do {
    second.id = fmt::format("{}~{}", id, number++);
  } while (ledger->orders.contains(second.id));
  second.quantity = quantity;
  order.quantity -= quantity;
  HANSE_CHECK(book_->put<ProductionOrder>(actor, {order, second}));
  return second.id;
}

Result<OrderPromise> Scheduling::promise_of(const std::string& product, std::int64_t quantity,
                                            std::optional<Timestamp> release) const {
  const auto seen = situation();
  if (!seen->plant->products.contains(product)) {
    return fail(ErrorCode::invalid, "nothing can be promised", {{"product", "there is no product '" + product + "'"}});
  }
  Ledger asked = *seen->ledger;
  const std::string id = "\x01promise";  // No order can have this id.
  ProductionOrder order{.id = id, .product = product, .quantity = quantity, .release = release, .due = {}};
  apply(asked, order);
  auto input = seen->input();
  const ModelInput with{input.plant, asked, input.progress, input.pins, input.down, input.settings, input.now};
  return promise(with, id, seen->current->operations);
}

Result<std::map<AssetId, Reliability>> Scheduling::reliabilities(int days) const {
  const auto now = context_.clock.now();
  const plant::Span range{now - days * 24h, now};
  std::map<AssetId, Reliability> out;
  for (const auto& machine : scheduled_machines(*book_->ledger())) {
    HANSE_TRY(const auto events, context_.plant.events().all(machine, range));
    out[machine] = reliability_of(machine, events, range, settings_.down_after);
  }
  pool_by_kind(out, *context_.plant.records());
  return out;
}

Result<std::shared_ptr<const ScheduleVersion>> Scheduling::version(std::int64_t number) const {
  if (const auto newest = current(); newest->version == number && number > 0) return newest;
  const auto found = versions_.find(fmt::format("{:010}", number));
  if (!found) return found.error();
  if (!*found) return fail(ErrorCode::not_found, fmt::format("there is no schedule version {}", number));
  return std::make_shared<const ScheduleVersion>((*found)->record);
}

}  // namespace hanse::apps::scheduling
