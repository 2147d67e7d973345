#include "net/page_assets.hpp"

namespace hanse::net {

namespace {

constexpr std::string_view kNote =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hanse</title>"
    "<body><h1>The page was not built into this program</h1>"
    "<p>Build it with <code>./dev run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, "
    "and build the program again. The interface itself runs: see <a href=\"/api/v1/openapi.json\">its description</a>."
    "</body></html>";
constexpr PageAsset kNotePage[] = {
    {.path = "/index.html", .content_type = "text/html; charset=utf-8", .etag = "\"unbuilt\"", .bytes = kNote, .gzip = {}}};

}  // namespace

std::span<const PageAsset> embedded_page() { return kNotePage; }

}  // namespace hanse::net
