#pragma once

#include <span>
#include <string_view>

namespace hanse::net {

/// One file of the page, inside the program.
struct PageAsset {
  std::string_view path;  ///< `/assets/index-1a2b.js`
  std::string_view content_type;
  std::string_view etag;  ///< With its quotes.
  std::string_view bytes;
  std::string_view gzip;  ///< Compressed beforehand; empty when that saves nothing.
  bool hashed = false;    ///< Its name changes with its content: may be kept for ever.
};

/// The page that was built into this program, sorted by path. Never empty: without a built page, one that says how to
/// build it.
std::span<const PageAsset> embedded_page();

/// The asset for a path of the browser: itself; or `/index.html` for a page's path, which the page's own router reads;
/// or null for a file (last segment with a dot) that isn't there.
const PageAsset* find_asset(std::span<const PageAsset> assets, std::string_view path);

}  // namespace hanse::net
