#include "plant/routes.hpp"

#include <algorithm>
#include <charconv>

#include "api/common_inputs.hpp"
#include "plant/import.hpp"

namespace hanse::plant {
namespace {

using api::ById;
using api::Context;
using api::Method;
using api::Nothing;
using api::Page;
using api::PageInput;
using api::Route;
using api::Versioned;

constexpr const char* kRead = "plant.read";
constexpr const char* kWrite = "plant.write";

store::Actor actor_of(const Context& context) { return {context.caller.id}; }

struct AssetListInput {
  std::optional<std::string> parent;
  std::optional<Level> level;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "parent", .summary = "Children of this node only."},
                      FieldNote{.field = "level", .summary = "Nodes of this level only."},
                      FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(AssetListInput, (parent, level, cursor, limit))

template <class T>
Result<Page<T>> list_page(const store::Collection<T>& collection, store::Query query) {
  HANSE_TRY(auto stored, collection.list(std::move(query)));
  return api::page_of<T>(std::move(stored));
}

/// List, make, read, change and delete of one kind of record.
template <class T>
void add_record_routes(std::vector<Route>& out, Plant& plant, const std::string& plural, const std::string& word) {
  const std::string path = "/api/v1/" + plural, one = path + "/{id}";
  if constexpr (!std::is_same_v<T, Asset>) {
    out.push_back(api::route<PageInput, Page<T>>(
        {Method::get, path, "All " + plural + ", by id.", kRead}, [&plant](const PageInput& in, const Context&) {
          return list_page<T>(plant.collection<T>(), {.cursor = in.cursor, .limit = in.limit});
        }));
  }
  out.push_back(api::route<T, Versioned<T>>({Method::post, path, "Makes a new " + word + ".", kWrite},
                                            [&plant](const T& in, const Context& context) -> Result<Versioned<T>> {
                                              HANSE_TRY(const auto version, plant.put<T>(actor_of(context), in, 0));
                                              return Versioned<T>{in, version};
                                            }));
  out.push_back(api::route<ById, Versioned<T>>({Method::get, one, "One " + word + ".", kRead},
                                               [&plant](const ById& in, const Context&) -> Result<Versioned<T>> {
                                                 HANSE_TRY(auto stored, plant.collection<T>().get(in.id));
                                                 return Versioned<T>{std::move(stored.record), stored.version};
                                               }));
  out.push_back(api::route<T, Versioned<T>>(
      {Method::put, one, "Changes the " + word + "; If-Match names the version that was seen.", kWrite},
      [&plant](const T& in, const Context& context) -> Result<Versioned<T>> {
        std::string id;
        if constexpr (std::is_same_v<T, Asset>) {
          id = in.id.value;
        } else {
          id = in.id;
        }
        HANSE_TRY(const auto stored, plant.collection<T>().get(id));
        HANSE_TRY(const auto version, plant.put<T>(actor_of(context), in, context.if_match.value_or(stored.version)));
        return Versioned<T>{in, version};
      }));
  out.push_back(
      api::route<ById, Nothing>({Method::del, one, "Deletes the " + word + ", unless something refers to it.", kWrite},
                                [&plant](const ById& in, const Context& context) -> Result<Nothing> {
                                  HANSE_CHECK(plant.remove<T>(actor_of(context), in.id, context.if_match));
                                  return Nothing{};
                                }));
}

Route asset_list(Plant& plant) {
  return api::route<AssetListInput, Page<Asset>>(
      {Method::get, "/api/v1/assets", "Nodes of the equipment tree, by id.", kRead},
      [&plant](const AssetListInput& in, const Context&) {
        store::Query query{.kind = {}, .equal = {}, .cursor = in.cursor, .limit = in.limit};
        if (in.parent) query.equal.push_back({"parent", *in.parent});
        if (in.level) query.equal.push_back({"level", describe::enum_name(*in.level)});
        return list_page<Asset>(plant.assets(), std::move(query));
      });
}

struct SignalListInput {
  std::optional<AssetId> asset;
  std::optional<signal::Meaning> meaning;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "asset", .summary = "Signals of this asset only."},
                      FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(SignalListInput, (asset, meaning, cursor, limit))

struct SignalNumber {
  SignalId number{};
};
HANSE_DESCRIBE(SignalNumber, (number))

Result<Page<Signal>> list_signals(const Plant& plant, const SignalListInput& in) {
  std::uint32_t after = 0;
  if (in.cursor) {
    const auto [end, error] = std::from_chars(in.cursor->data(), in.cursor->data() + in.cursor->size(), after);
    if (error != std::errc{} || end != in.cursor->data() + in.cursor->size()) {
      return fail(ErrorCode::invalid, "the cursor is not one of ours");
    }
  }
  const auto signals = plant.catalogue().snapshot();
  std::vector<const Signal*> found;
  if (in.asset) {
    found = signals->of_asset(*in.asset);
    std::sort(found.begin(), found.end(), [](const Signal* a, const Signal* b) { return a->number < b->number; });
  } else {
    for (const auto& [number, entry] : *signals) {
      if (static_cast<std::uint32_t>(number) > after) found.push_back(entry.get());
      if (!in.meaning && std::ssize(found) > in.limit) break;
    }
  }
  Page<Signal> page;
  for (const auto* entry : found) {
    if (static_cast<std::uint32_t>(entry->number) <= after || (in.meaning && entry->meaning != *in.meaning)) continue;
    if (std::ssize(page.items) == in.limit) {
      page.next = std::to_string(static_cast<std::uint32_t>(page.items.back().number));
      break;
    }
    page.items.push_back(*entry);
  }
  return page;
}

void add_signal_routes(std::vector<Route>& out, Plant& plant) {
  out.push_back(api::route<SignalListInput, Page<Signal>>(
      {Method::get, "/api/v1/signals", "Signals by number, of one asset or meaning or of all.", kRead},
      [&plant](const SignalListInput& in, const Context&) { return list_signals(plant, in); }));
  out.push_back(api::route<Signal, Versioned<Signal>>(
      {Method::post, "/api/v1/signals", "Makes a signal; its number is given.", kWrite},
      [&plant](const Signal& in, const Context& context) -> Result<Versioned<Signal>> {
        if (!plant.records()->asset(in.asset)) {
          return fail(ErrorCode::invalid, "the signal is wrong",
                      {{"asset", "there is no asset '" + in.asset.value + "'"}});
        }
        HANSE_TRY(const auto numbers, plant.catalogue().create(actor_of(context), {in}));
        auto made = in;
        made.number = numbers.front();
        return Versioned<Signal>{std::move(made), 1};
      }));
  out.push_back(api::route<SignalNumber, Versioned<Signal>>(
      {Method::get, "/api/v1/signals/{number}", "One signal.", kRead},
      [&plant](const SignalNumber& in, const Context&) -> Result<Versioned<Signal>> {
        HANSE_TRY(auto entry, plant.catalogue().get(in.number));
        return Versioned<Signal>{std::move(entry.signal), entry.version};
      }));
  out.push_back(api::route<Signal, Versioned<Signal>>(
      {Method::put, "/api/v1/signals/{number}", "Changes what a signal says; its number and history stay.", kWrite},
      [&plant](const Signal& in, const Context& context) -> Result<Versioned<Signal>> {
        if (!plant.records()->asset(in.asset)) {
          return fail(ErrorCode::invalid, "the signal is wrong",
                      {{"asset", "there is no asset '" + in.asset.value + "'"}});
        }
        HANSE_TRY(const auto version, plant.catalogue().update(actor_of(context), in, context.if_match));
        return Versioned<Signal>{in, version};
      }));
}

struct EventListInput {
  AssetId asset;
  Timestamp from, to = Timestamp::max();
  std::optional<EventKind> kind;
  std::optional<std::string> cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "asset", .summary = "Events of this asset only; empty for all."},
                      FieldNote{.field = "from", .summary = "First time, included.", .required = true},
                      FieldNote{.field = "to", .summary = "Last time, not included."},
                      FieldNote{.field = "limit", .summary = "Rows of one page.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(EventListInput, (asset, from, to, kind, cursor, limit))

void add_event_routes(std::vector<Route>& out, Plant& plant) {
  out.push_back(api::route<EventListInput, Page<ProductionEvent>>(
      {Method::get, "/api/v1/events", "Production events in order of time.", kRead},
      [&plant](const EventListInput& in, const Context&) -> Result<Page<ProductionEvent>> {
        HANSE_TRY(auto page, plant.events().list({in.asset, {in.from, in.to}, in.kind, in.cursor, in.limit}));
        return Page<ProductionEvent>{std::move(page.items), std::move(page.next)};
      }));
  out.push_back(api::route<ProductionEvent, ProductionEvent>(
      {Method::post, "/api/v1/events", "Records what a person saw: parts, rework, a reason, an order.", "events.write"},
      [&plant](const ProductionEvent& in, const Context& context) -> Result<ProductionEvent> {
        if (!plant.records()->asset(in.asset)) {
          return fail(ErrorCode::invalid, "the event is wrong",
                      {{"asset", "there is no asset '" + in.asset.value + "'"}});
        }
        if (in.kind == EventKind::state && !in.state) {
          return fail(ErrorCode::invalid, "the event is wrong", {{"state", "is required for a change of state"}});
        }
        auto event = in;
        event.id = plant.events().next_id();
        event.source = "person";
        event.actor = context.caller.id;
        HANSE_CHECK(plant.events().append(actor_of(context), {&event, 1}));
        return event;
      }));
}

using ImportInput = api::ImportFile<ImportKind>;

struct TemplateSummary {
  std::string id, title, summary, kind;
  std::vector<std::string> protocols;
  std::int64_t signals = 0;
};
HANSE_DESCRIBE(TemplateSummary, (id, title, summary, kind, protocols, signals))

void add_import_and_template_routes(std::vector<Route>& out, Plant& plant, MachineConnector connect) {
  out.push_back(api::route<ImportInput, ImportReport>(
      {.method = Method::post,
       .path = "/api/v1/import/{kind}",
       .summary = "Imports a CSV or JSON file, or says in a dry run what would become of each row.",
       .permission = kWrite,
       .body_bytes_max = 64u << 20},
      [&plant, connect = std::move(connect)](const ImportInput& in, const Context& context) {
        return import(plant, actor_of(context), {in.kind, in.body.text, in.dry_run}, connect);
      }));
  out.push_back(api::route<PageInput, Page<TemplateSummary>>(
      {Method::get, "/api/v1/templates", "Machine templates.", kRead},
      [&plant](const PageInput&, const Context&) -> Result<Page<TemplateSummary>> {
        Page<TemplateSummary> page;
        for (const auto& [id, machine] : plant.templates().all()) {
          TemplateSummary summary{id, machine.title, machine.summary, machine.kind, {}, std::ssize(machine.signals)};
          for (const auto& [protocol, settings] : machine.settings) summary.protocols.push_back(protocol);
          page.items.push_back(std::move(summary));
        }
        return page;
      }));
  out.push_back(api::route<ById, MachineTemplate>(
      {Method::get, "/api/v1/templates/{id}", "One machine template with its signals.", kRead},
      [&plant](const ById& in, const Context&) -> Result<MachineTemplate> {
        const auto* machine = plant.templates().find(in.id);
        if (!machine) return fail(ErrorCode::not_found, "there is no machine template '" + in.id + "'");
        return *machine;
      }));
}

}  // namespace

std::vector<api::Route> routes(Plant& plant, MachineConnector connect) {
  std::vector<Route> out;
  out.push_back(asset_list(plant));
  add_record_routes<Asset>(out, plant, "assets", "node");
  add_record_routes<Product>(out, plant, "products", "product");
  add_record_routes<Calendar>(out, plant, "calendars", "calendar");
  add_record_routes<ReasonCode>(out, plant, "reasons", "reason");
  add_signal_routes(out, plant);
  add_event_routes(out, plant);
  add_import_and_template_routes(out, plant, std::move(connect));
  return out;
}

}  // namespace hanse::plant
