#include "net/page_assets.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hanse::net {
namespace {

constexpr PageAsset kPage[] = {
    {.path = "/assets/app-12345678.js", .content_type = "", .etag = "", .bytes = "", .gzip = ""},
    {.path = "/index.html", .content_type = "", .etag = "", .bytes = "", .gzip = ""},
    {.path = "/mark.svg", .content_type = "", .etag = "", .bytes = "", .gzip = ""}};

std::string_view found(std::string_view path) {
  const auto* asset = find_asset(kPage, path);
  return asset ? asset->path : "";
}

TEST(FindAsset, FindsFilesAndGivesPagesTheFrame) {
  EXPECT_EQ(found("/assets/app-12345678.js"), "/assets/app-12345678.js");
  EXPECT_EQ(found("/mark.svg"), "/mark.svg");
  EXPECT_EQ(found("/"), "/index.html");
  EXPECT_EQ(found("/plant/press-4"), "/index.html");
  EXPECT_EQ(found("/assets/app-00000000.js"), "");
  EXPECT_EQ(found("/../etc/passwd.txt"), "");
}

TEST(EmbeddedPage, HasAFrameAndIsSorted) {
  const auto page = embedded_page();
  const auto* frame = find_asset(page, "/");

  ASSERT_NE(frame, nullptr);
  EXPECT_TRUE(frame->bytes.starts_with("<!doctype html>")) << frame->bytes.substr(0, 100);
  EXPECT_TRUE(frame->etag.starts_with('"') && frame->etag.ends_with('"'));
  EXPECT_TRUE(
      std::is_sorted(page.begin(), page.end(), [](const PageAsset& a, const PageAsset& b) { return a.path < b.path; }));
}

}  // namespace
}  // namespace hanse::net
