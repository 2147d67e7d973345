#include "net/page_assets.hpp"

#include <algorithm>

namespace hanse::net {

const PageAsset* find_asset(std::span<const PageAsset> assets, std::string_view path) {
  const auto find = [&](std::string_view wanted) -> const PageAsset* {
    const auto found =
        std::lower_bound(assets.begin(), assets.end(), wanted,
                         [](const PageAsset& asset, std::string_view name) { return asset.path < name; });
    return found != assets.end() && found->path == wanted ? &*found : nullptr;
  };
  if (const PageAsset* asset = find(path)) return asset;
  const auto last = path.substr(path.rfind('/') + 1);
  return last.contains('.') ? nullptr : find("/index.html");
}

}  // namespace hanse::net
