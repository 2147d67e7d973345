#include "twin/repository/repository.hpp"

#include <fmt/format.h>

#include <array>

#include "twin/codec/json_codec.hpp"
#include "twin/model/reference.hpp"

namespace hanse::twin {
namespace {

constexpr std::size_t kCacheBytesMax = 64u << 20;  // Of text; parsed it is several times that.
constexpr int kAttemptsMax = 5;

struct KindName {
  Class of;
  std::string_view kind, called;
};
constexpr std::array kKinds{
    KindName{Class::AssetAdministrationShell, "twin_shell", "shell"},
    KindName{Class::Submodel, "twin_submodel", "submodel"},
    KindName{Class::ConceptDescription, "twin_concept", "concept description"},
    KindName{Class::AssetAdministrationShellDescriptor, "twin_shell_descriptor", "shell descriptor"},
    KindName{Class::SubmodelDescriptor, "twin_submodel_descriptor", "submodel descriptor"}};

const KindName& named(Class of) {
  for (const auto& each : kKinds) {
    if (each.of == of) return each;
  }
  return kKinds.front();
}

std::string cache_key(std::string_view kind, std::string_view id) { return fmt::format("{}\n{}", kind, id); }

bool keeps_versions(Class of) { return is_a(of, Class::Identifiable); }

Error no_such(Class of, std::string_view id) {
  return fail(ErrorCode::not_found, fmt::format("there is no {} '{}'", named(of).called, id));
}

}  // namespace

std::string_view kind_of(Class of) { return named(of).kind; }

std::vector<store::IndexField> index_of(const Node& node) {
  std::vector<store::IndexField> out;
  const auto add = [&](std::string_view field, std::string value) {
    if (!value.empty()) out.push_back({std::string{field}, std::move(value)});
  };
  add("idShort", std::string{node.text(Name::idShort)});
  if (info(node.of()).find(Name::semanticId))
    add("semanticId", canonical_semantic_id(first_key(node.node(Name::semanticId))));
  if (info(node.of()).find(Name::supplementalSemanticIds)) {
    for (const auto& each : node.nodes(Name::supplementalSemanticIds))
      add("semanticId", canonical_semantic_id(first_key(&each)));
  }
  const auto* asset = node.of() == Class::AssetAdministrationShell ? node.node(Name::assetInformation) : &node;
  if (asset && info(asset->of()).find(Name::assetKind)) {
    add("assetKind", std::string{asset->text(Name::assetKind)});
    add("assetType", std::string{asset->text(Name::assetType)});
    if (asset->has(Name::globalAssetId))
      add("asset", fmt::format("globalAssetId={}", asset->text(Name::globalAssetId)));
    for (const auto& each : asset->nodes(Name::specificAssetIds))
      add("asset", fmt::format("{}={}", each.text(Name::name), each.text(Name::value)));
  }
  if (node.of() == Class::AssetAdministrationShell) {
    for (const auto& each : node.nodes(Name::submodels)) add("submodel", std::string{first_key(&each)});
  }
  if (node.of() == Class::ConceptDescription) {
    for (const auto& each : node.nodes(Name::isCaseOf)) add("isCaseOf", canonical_semantic_id(first_key(&each)));
    for (const auto& each : node.nodes(Name::embeddedDataSpecifications))
      add("dataSpecification", std::string{first_key(each.node(Name::dataSpecification))});
  }
  return out;
}

Repository::Repository(store::Store& store, const Clock& clock, std::int64_t versions_kept)
    : store_(store), versions_(store, clock, versions_kept) {
  // Also what others write, as a restore does, must not be answered from memory.
  store_.listen([cache = cache_](std::span<const store::JournalEntry> entries) {
    const std::lock_guard lock{cache->mutex};
    for (const auto& entry : entries) {
      if (!entry.kind.starts_with("twin_")) continue;
      ++cache->changes;
      const auto found = cache->kept.find(cache_key(entry.kind, entry.id));
      if (found == cache->kept.end()) continue;
      cache->bytes -= found->second.bytes;
      cache->kept.erase(found);
    }
  });
}

Result<Repository::Entry> Repository::parse(const store::Document& document) const {
  for (const auto& each : kKinds) {
    if (each.kind != document.kind) continue;
    Findings findings;
    auto node = read_json(std::string_view{document.body}, each.of, {.tolerant = true}, findings);
    if (node) return std::make_shared<const Node>(*std::move(node));
  }
  return fail(ErrorCode::corrupt, fmt::format("the stored {} '{}' can't be read", document.kind, document.id));
}

Result<Repository::Entry> Repository::read_version(Class of, const TwinVersion& version) const {
  return parse({.kind = std::string{kind_of(of)},
                .id = version.id,
                .version = version.number,
                .changed_at = {},
                .body = version.body});
}

Result<std::int64_t> Repository::write(store::Transaction& transaction, const store::Actor& actor, const Node& node,
                                       std::optional<std::int64_t> expected) {
  const auto kind = kind_of(node.of());
  const auto id = node.text(Name::id);
  const auto body = write_json(node);
  if (keeps_versions(node.of())) HANSE_CHECK(versions_.keep(transaction, actor, kind, id, body));
  return transaction.put(kind, id, body, index_of(node), expected);
}

Result<Repository::Entry> Repository::find(Class of, std::string_view id) {
  if (id.empty()) return Entry{};
  const auto key = cache_key(kind_of(of), id);
  std::uint64_t changes = 0;
  {
    const std::lock_guard lock{cache_->mutex};
    if (const auto found = cache_->kept.find(key); found != cache_->kept.end()) return found->second.node;
    changes = cache_->changes;
  }
  HANSE_TRY(const auto document, store_.get(kind_of(of), id));
  if (!document) return Entry{};
  HANSE_TRY(auto node, parse(*document));
  const std::lock_guard lock{cache_->mutex};
  if (changes != cache_->changes) return node;
  if (cache_->bytes + document->body.size() > kCacheBytesMax) {
    cache_->kept.clear();
    cache_->bytes = 0;
  }
  if (cache_->kept.emplace(key, Kept{node, document->body.size()}).second) cache_->bytes += document->body.size();
  return node;
}

Result<Repository::Entry> Repository::get(Class of, std::string_view id) {
  HANSE_TRY(auto found, find(of, id));
  if (!found) return no_such(of, id);
  return found;
}

Result<Repository::Page> Repository::list(Class of, const Filter& filter, const std::optional<std::string>& cursor,
                                          std::int64_t limit) {
  HANSE_TRY(auto documents, store_.list({.kind = std::string{kind_of(of)},
                                         .equal = filter,
                                         .range_field = {},
                                         .range_begin = {},
                                         .range_end = {},
                                         .cursor = cursor,
                                         .limit = limit}));
  Page page{.items = {}, .next = std::move(documents.next)};
  for (const auto& document : documents.items) {
    HANSE_TRY(auto node, parse(document));
    page.items.push_back(std::move(node));
  }
  return page;
}

Result<void> Repository::write_new(store::Transaction& transaction, const store::Actor& actor, const Node& node) {
  const auto id = node.text(Name::id);
  HANSE_TRY(const auto present, transaction.get(kind_of(node.of()), id));
  if (present) return fail(ErrorCode::conflict, fmt::format("there is a {} '{}' already", named(node.of()).called, id));
  HANSE_CHECK(write(transaction, actor, node, 0));
  return {};
}

Result<void> Repository::create(const store::Actor& actor, Node node) {
  return store_.write(actor, [&](store::Transaction& transaction) { return write_new(transaction, actor, node); });
}

Result<bool> Repository::put(const store::Actor& actor, Node node) {
  bool is_new = false;
  HANSE_CHECK(store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_TRY(const auto version, write(transaction, actor, node, std::nullopt));
    is_new = version == 1;
    return {};
  }));
  return is_new;
}

Result<void> Repository::put_all(const store::Actor& actor, const std::vector<Node>& nodes, bool all_new) {
  return store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    for (const auto& node : nodes) {
      if (all_new) {
        HANSE_CHECK(write_new(transaction, actor, node));
      } else {
        HANSE_CHECK(write(transaction, actor, node, std::nullopt));
      }
    }
    return {};
  });
}

Result<void> Repository::remove_in(store::Transaction& transaction, const store::Actor& actor, Class of,
                                   std::string_view id) {
  if (id.empty()) return no_such(of, id);
  if (keeps_versions(of)) HANSE_CHECK(versions_.keep(transaction, actor, kind_of(of), id, {}));
  auto removed = transaction.remove(kind_of(of), id, std::nullopt);
  if (!removed && removed.error().code == ErrorCode::not_found) return no_such(of, id);
  return removed;
}

Result<void> Repository::remove(const store::Actor& actor, Class of, std::string_view id) {
  return store_.write(actor, [&](store::Transaction& transaction) { return remove_in(transaction, actor, of, id); });
}

Result<void> Repository::remove_all(const store::Actor& actor, Class of, const std::vector<std::string>& ids) {
  return store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    for (const auto& id : ids) HANSE_CHECK(remove_in(transaction, actor, of, id));
    return {};
  });
}

Result<Repository::Entry> Repository::change(const store::Actor& actor, Class of, std::string_view id,
                                             const std::function<Result<void>(Node&)>& work) {
  for (int attempt = 0;; ++attempt) {
    HANSE_TRY(const auto document, store_.get(kind_of(of), id));
    if (!document) return no_such(of, id);
    HANSE_TRY(const auto present, parse(*document));
    auto changed = std::make_shared<Node>(*present);
    HANSE_CHECK(work(*changed));
    auto written = store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
      HANSE_CHECK(write(transaction, actor, *changed, document->version));
      return {};
    });
    if (written) return Entry{std::move(changed)};
    if (written.error().code != ErrorCode::conflict || attempt == kAttemptsMax) return std::move(written).error();
  }
}

}  // namespace hanse::twin
