#include "twin/service/twins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "twin/check/check.hpp"
#include "twin/codec/base64.hpp"
#include "twin/model/element_path.hpp"
#include "twin/model/reference.hpp"

namespace hanse::twin {
namespace {

constexpr std::string_view kGeneratedCursor = "g";
constexpr std::string_view kStoredCursor = "s";

bool matches(const Node& node, const Repository::Filter& filter) {
  if (filter.empty()) return true;
  const auto fields = index_of(node);
  return std::all_of(filter.begin(), filter.end(), [&](const store::IndexField& wanted) {
    return std::any_of(fields.begin(), fields.end(), [&](const store::IndexField& have) {
      return have.name == wanted.name && have.text == wanted.text;
    });
  });
}

void fill_in(Node& node, const LiveValues& live) {
  if (const auto signal = node.of() == Class::Property ? bound_signal(node) : std::string_view{}; !signal.empty()) {
    if (auto value = live.value_of(signal)) node.set(Name::value, *std::move(value));
    return;
  }
  const auto children = children_attribute(node.of());
  if (auto* list = children ? node.list(*children) : nullptr) {
    for (auto& each : *list) fill_in(each, live);
  }
}

Error of_the_plant(std::string_view id) {
  return fail(ErrorCode::forbidden,
              fmt::format("'{}' is made from the plant's own records; change the equipment or the signals", id));
}

}  // namespace

Result<void> check_strictly(const Node& node) {
  Findings findings;
  check(node, Edition::any, findings);
  return findings.as_result(info(node.of()).name);
}

Twins::Twins(store::Store& store, const Clock& clock, std::shared_ptr<PlantTwins> plant, std::int64_t versions_kept,
             MachineValues* machine)
    : store_(store),
      clock_(clock),
      plant_(std::move(plant)),
      machine_(machine),
      repository_(store, clock, versions_kept),
      files_(store, "twin_file"),
      links_(store, "twin_links"),
      packages_(store, "twin_package"),
      added_(store, "twin_added") {}

Result<void> Twins::check_writable(std::string_view id) const {
  if (plant_->owns(id)) return of_the_plant(id);
  return {};
}

Result<Repository::Entry> Twins::with_added(Repository::Entry shell) {
  HANSE_TRY(const auto added, added_.find(shell->text(Name::id)));
  if (!added) return shell;
  auto copy = std::make_shared<Node>(*shell);
  for (const auto& id : added->record.submodels) copy->add(Name::submodels, model_reference(Class::Submodel, id));
  return Repository::Entry{std::move(copy)};
}

Result<Repository::Entry> Twins::find(Class of, std::string_view id) {
  if (auto made = plant_->find(of, id)) {
    if (of == Class::AssetAdministrationShell) return with_added(std::move(made));
    return made;
  }
  return repository_.find(of, id);
}

Result<Repository::Entry> Twins::get(Class of, std::string_view id) {
  HANSE_TRY(auto found, find(of, id));
  if (found) return found;
  return repository_.get(of, id);
}

Result<PastTwin> Twins::at(Class of, std::string_view id, Timestamp time) {
  if (plant_->find(of, id)) {
    HANSE_TRY(auto node, get(of, id));
    return PastTwin{.node = std::move(node), .since = {}, .actor = {}};
  }
  HANSE_TRY(const auto version, repository_.versions().at(kind_of(of), id, time));
  HANSE_TRY(auto node, repository_.read_version(of, version));
  return PastTwin{.node = std::move(node), .since = version.time, .actor = version.actor};
}

Result<Repository::Page> Twins::list(Class of, const Repository::Filter& filter,
                                     const std::optional<std::string>& cursor, std::int64_t limit) {
  Repository::Page page;
  std::optional<std::string> stored_cursor;
  if (!cursor || cursor->starts_with(kGeneratedCursor)) {
    std::string after;
    if (cursor) {
      const auto decoded = decode_base64url(std::string_view{*cursor}.substr(1));
      if (!decoded) return fail(ErrorCode::invalid, "the cursor is not one that a page gave");
      after = *decoded;
    }
    const auto ids = plant_->ids(of);
    for (auto at = std::upper_bound(ids->begin(), ids->end(), after); at != ids->end(); ++at) {
      HANSE_TRY(auto node, find(of, *at));
      if (!node || !matches(*node, filter)) continue;
      if (std::ssize(page.items) == limit) {
        page.next = std::string{kGeneratedCursor} + encode_base64url(page.items.back()->text(Name::id));
        return page;
      }
      page.items.push_back(std::move(node));
    }
  } else if (cursor->starts_with(kStoredCursor)) {
    if (cursor->size() > 1) stored_cursor = cursor->substr(1);
  } else {
    return fail(ErrorCode::invalid, "the cursor is not one that a page gave");
  }
  const auto room = limit - std::ssize(page.items);
  // A full page of generated ones still says whether there is more.
  HANSE_TRY(auto stored, repository_.list(of, filter, stored_cursor, std::max<std::int64_t>(room, 1)));
  if (room == 0) {
    if (!stored.items.empty()) page.next = std::string{kStoredCursor};
    return page;
  }
  for (auto& each : stored.items) page.items.push_back(std::move(each));
  if (stored.next) page.next = std::string{kStoredCursor} + *stored.next;
  return page;
}

Result<void> Twins::create(const store::Actor& actor, Node node) {
  HANSE_CHECK(check_strictly(node));
  HANSE_CHECK(check_writable(node.text(Name::id)));
  return repository_.create(actor, std::move(node));
}

Result<bool> Twins::put(const store::Actor& actor, Node node) {
  HANSE_CHECK(check_strictly(node));
  HANSE_CHECK(check_writable(node.text(Name::id)));
  return repository_.put(actor, std::move(node));
}

Result<void> Twins::check_all(const std::vector<Node>& nodes) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto checked = check_strictly(nodes[i]);
    if (checked) checked = check_writable(nodes[i].text(Name::id));
    if (checked) continue;
    auto error = std::move(checked).error();
    error.message = fmt::format("[{}]: {}", i, error.message);
    return error;
  }
  return {};
}

Result<void> Twins::create_all(const store::Actor& actor, const std::vector<Node>& nodes) {
  HANSE_CHECK(check_all(nodes));
  return repository_.put_all(actor, nodes, true);
}

Result<void> Twins::put_all(const store::Actor& actor, const std::vector<Node>& nodes) {
  HANSE_CHECK(check_all(nodes));
  return repository_.put_all(actor, nodes);
}

Result<void> Twins::remove(const store::Actor& actor, Class of, std::string_view id) {
  if (plant_->find(of, id)) return of_the_plant(id);
  return repository_.remove(actor, of, id);
}

Result<Repository::Entry> Twins::change(const store::Actor& actor, Class of, std::string_view id,
                                        const std::function<Result<void>(Node&)>& work) {
  if (plant_->find(of, id)) return of_the_plant(id);
  return repository_.change(actor, of, id, [&](Node& node) -> Result<void> {
    HANSE_CHECK(work(node));
    return check_strictly(node);
  });
}

Result<void> Twins::add_submodel(const store::Actor& actor, std::string_view shell, Node reference) {
  HANSE_CHECK(check_strictly(reference));
  const std::string id{first_key(&reference)};
  const auto has = [&](const Node& node) {
    const auto have = node.nodes(Name::submodels);
    return std::any_of(have.begin(), have.end(), [&](const Node& each) { return first_key(&each) == id; });
  };
  const auto twice = fail(ErrorCode::conflict, fmt::format("the shell refers to '{}' already", id));
  if (plant_->find(Class::AssetAdministrationShell, shell)) {
    HANSE_TRY(const auto whole, get(Class::AssetAdministrationShell, shell));
    if (has(*whole)) return twice;
    HANSE_TRY(const auto present, added_.find(shell));
    AddedSubmodels record = present ? present->record : AddedSubmodels{.id = std::string{shell}, .submodels = {}};
    record.submodels.push_back(id);
    HANSE_CHECK(added_.put(actor, record, present ? present->version : 0));
    return {};
  }
  HANSE_CHECK(change(actor, Class::AssetAdministrationShell, shell, [&](Node& node) -> Result<void> {
    if (has(node)) return twice;
    node.add(Name::submodels, reference);
    return {};
  }));
  return {};
}

Result<void> Twins::remove_submodel(const store::Actor& actor, std::string_view shell, std::string_view submodel) {
  const auto missing = fail(ErrorCode::not_found, fmt::format("the shell doesn't refer to '{}'", submodel));
  if (plant_->find(Class::AssetAdministrationShell, shell)) {
    HANSE_TRY(auto present, added_.find(shell));
    if (!present || std::erase(present->record.submodels, submodel) == 0)
      return plant_->find(Class::Submodel, submodel) ? of_the_plant(submodel) : missing;
    HANSE_CHECK(added_.put(actor, present->record, present->version));
    return {};
  }
  HANSE_CHECK(change(actor, Class::AssetAdministrationShell, shell, [&](Node& node) -> Result<void> {
    auto* references = node.list(Name::submodels);
    if (!references || std::erase_if(*references, [&](const Node& each) { return first_key(&each) == submodel; }) == 0)
      return missing;
    if (references->empty()) node.erase(Name::submodels);
    return {};
  }));
  return {};
}

Result<Node> Twins::environment(const std::vector<std::string>& shells, const std::vector<std::string>& submodels,
                                bool concept_descriptions) {
  constexpr std::size_t kObjectsMax = 10'000;
  Node out{Class::Environment};
  std::size_t count = 0;
  const auto take = [&](Class of, Name name, const std::vector<std::string>& ids) -> Result<void> {
    for (const auto& id : ids) {
      HANSE_TRY(const auto node, get(of, id));
      out.add(name, *node);
      ++count;
    }
    return {};
  };
  const auto take_all = [&](Class of, Name name) -> Result<void> {
    std::optional<std::string> cursor;
    do {
      HANSE_TRY(auto page, list(of, {}, cursor, 1000));
      for (const auto& node : page.items) out.add(name, *node);
      count += page.items.size();
      if (count > kObjectsMax)
        return fail(ErrorCode::too_large,
                    fmt::format("that is over {} objects; name shells or submodels", kObjectsMax));
      cursor = std::move(page.next);
    } while (cursor);
    return {};
  };
  if (shells.empty() && submodels.empty()) {
    HANSE_CHECK(take_all(Class::AssetAdministrationShell, Name::assetAdministrationShells));
    HANSE_CHECK(take_all(Class::Submodel, Name::submodels));
  } else {
    HANSE_CHECK(take(Class::AssetAdministrationShell, Name::assetAdministrationShells, shells));
    HANSE_CHECK(take(Class::Submodel, Name::submodels, submodels));
  }
  if (concept_descriptions) HANSE_CHECK(take_all(Class::ConceptDescription, Name::conceptDescriptions));
  // A copy that leaves the node carries the values of this moment.
  const auto now = live();
  if (auto* all = out.list(Name::submodels)) {
    for (auto& each : *all) fill_in(each, now);
  }
  return out;
}

}  // namespace hanse::twin
