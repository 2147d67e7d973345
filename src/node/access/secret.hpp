#pragma once

#include <string>
#include <string_view>

namespace hanse::node {

/// SHA-256 in lower-case hex: how secrets of 128 random bits and more are kept (a slow hash would gain nothing there).
std::string fingerprint(std::string_view secret);
/// Compares without telling by its time how much fits.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace hanse::node
