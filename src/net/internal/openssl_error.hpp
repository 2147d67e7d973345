#pragma once

#include <string>

#include "base/result.hpp"

struct ssl_ctx_st;

namespace hanse::net::internal {

/// OpenSSL's first queued error as a sentence; empties the queue.
std::string openssl_error();
/// Puts a PEM certificate chain and its key into the context. Errors: `invalid`, naming the file.
Result<void> use_certificate(ssl_ctx_st* context, const std::string& certificate_file, const std::string& key_file);

}  // namespace hanse::net::internal
