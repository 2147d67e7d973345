#include "twin/service/descriptors.hpp"

#include <fmt/format.h>

#include "twin/codec/base64.hpp"

namespace hanse::twin {
namespace {

using enum Class;

Class described_by(Class descriptor) { return descriptor == SubmodelDescriptor ? Submodel : AssetAdministrationShell; }

Node endpoint(std::string_view interface, std::string href) {
  Node protocol{ProtocolInformation};
  protocol.set(Name::href, std::move(href));
  protocol.set(Name::endpointProtocol, std::string{"HTTP"});
  Node out{Endpoint};
  out.set(Name::interface, std::string{interface});
  out.set(Name::protocolInformation, std::move(protocol));
  return out;
}

/// The descriptor of what this node has itself.
Node describe(const Call& call, const Node& node) {
  const bool submodel = node.of() == Submodel;
  Node out{submodel ? SubmodelDescriptor : AssetAdministrationShellDescriptor};
  for (const auto name : {Name::description, Name::displayName, Name::administration, Name::idShort, Name::id,
                          Name::semanticId, Name::supplementalSemanticIds}) {
    const auto* field = info(out.of()).find(name) ? node.find(name) : nullptr;
    if (!field) continue;
    if (field->nodes.empty()) {
      out.set(name, field->text);
    } else {
      out.set(name, field->nodes);
    }
  }
  const auto path = fmt::format("{}/{}/{}", own_address(call), submodel ? "submodels" : "shells",
                                encode_base64url(node.text(Name::id)));
  out.add(Name::endpoints, endpoint(submodel ? "SUBMODEL-3.1" : "AAS-3.1", path));
  if (const auto* asset = submodel ? nullptr : node.node(Name::assetInformation)) {
    for (const auto name : {Name::assetKind, Name::assetType, Name::globalAssetId}) {
      if (asset->has(name)) out.set(name, std::string{asset->text(name)});
    }
    const auto ids = asset->nodes(Name::specificAssetIds);
    out.set(Name::specificAssetIds, std::vector<Node>(ids.begin(), ids.end()));
  }
  return out;
}

}  // namespace

Result<Repository::Page> descriptor_page(Call& call, Class of, const Repository::Filter& filter, const PageWish& wish) {
  Repository::Page page;
  // A cursor of the second part begins with an `o`: own.
  std::optional<std::string> own_cursor;
  if (!wish.cursor || !wish.cursor->starts_with('o')) {
    HANSE_TRY(page, call.twins.list(of, filter, wish.cursor, wish.limit));
    if (page.next) return page;
  } else if (wish.cursor->size() > 1) {
    own_cursor = wish.cursor->substr(1);
  }
  const auto room = wish.limit - std::ssize(page.items);
  HANSE_TRY(const auto own, call.twins.list(described_by(of), filter, own_cursor, std::max<std::int64_t>(room, 1)));
  if (room == 0) {
    if (!own.items.empty()) page.next = "o";
    return page;
  }
  for (const auto& each : own.items) {
    HANSE_TRY(const auto registered, call.twins.find(of, each->text(Name::id)));
    if (!registered) page.items.push_back(std::make_shared<const Node>(describe(call, *each)));
  }
  if (own.next) page.next = "o" + *own.next;
  return page;
}

Result<Node> descriptor(Call& call, Class of, const std::string& id) {
  HANSE_TRY(const auto registered, call.twins.find(of, id));
  if (registered) return *registered;
  HANSE_TRY(const auto own, call.twins.find(described_by(of), id));
  if (own) return describe(call, *own);
  return fail(ErrorCode::not_found, fmt::format("there is no descriptor of '{}'", id));
}

}  // namespace hanse::twin
