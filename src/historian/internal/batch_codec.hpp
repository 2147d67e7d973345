#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "signal/sample.hpp"

namespace hanse::historian::internal {

/// One batch as it stands in the write-ahead record: written at the cost of a copy, about 10 bytes a sample. Layout:
/// docs/formats/chunk.md.
void encode_batch(const signal::SampleBatch& batch, std::string& out);
/// Errors: `corrupt`.
Result<signal::SampleBatch> decode_batch(std::string_view bytes);

}  // namespace hanse::historian::internal
