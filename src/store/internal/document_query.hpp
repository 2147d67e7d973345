#pragma once

#include "store/internal/connection.hpp"
#include "store/store.hpp"

namespace hanse::store::internal {

/// The document on a row of `kDocumentColumns`.
inline constexpr std::string_view kDocumentColumns = "d.kind, d.id, d.version, d.changed_ns, d.body";
Document read_document(const Row& row);

/// Errors: `invalid` (limit, cursor).
Result<DocumentPage> list_documents(Connection& connection, const Query& query);
Result<std::optional<Document>> get_document(Connection& connection, std::string_view kind, std::string_view id);

}  // namespace hanse::store::internal
