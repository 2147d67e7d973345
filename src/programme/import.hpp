#pragma once

#include <string_view>

#include "ecosystem/import.hpp"
#include "programme/programme.hpp"

namespace hanse::programme {

enum class ImportKind { needs, designs, approvals, agreements };
HANSE_DESCRIBE_ENUM(ImportKind, needs, designs, approvals, agreements)

struct ImportRequest {
  ImportKind kind = ImportKind::needs;
  std::string_view body;  ///< CSV, or JSON when it begins with `[`.
  bool dry_run = true;
};

/// As the ecosystem's import: every row's fate, and all rows or none are written.
/// Errors: `invalid` when the file as a whole can't be read; `too_large`; of the store.
Result<ecosystem::ImportReport> import(Programme& programme, const store::Actor& actor, const ImportRequest& request);

}  // namespace hanse::programme
