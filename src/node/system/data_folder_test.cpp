#include "node/system/data_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace hanse::node {
namespace {

class DataFolderTest : public testing::Test {
 protected:
  DataFolderTest() { std::filesystem::remove_all(path_); }
  ~DataFolderTest() override { std::filesystem::remove_all(path_); }
  const std::string path_ =
      (std::filesystem::temp_directory_path() / ("hanse-folder-" + std::to_string(::getpid()))).string();
};

TEST_F(DataFolderTest, IsMadeForItsOwnerOnly) {
  const auto folder = DataFolder::open(path_);
  ASSERT_TRUE(folder) << to_string(folder.error());
  struct stat facts{};
  ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700u);
  EXPECT_EQ(folder->file("history"), path_ + "/history");
}

TEST_F(DataFolderTest, ASecondNodeIsToldWhoHoldsIt) {
  const auto first = DataFolder::open(path_);
  ASSERT_TRUE(first);
  const auto second = DataFolder::open(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_NE(second.error().message.find("process " + std::to_string(::getpid())), std::string::npos)
      << second.error().message;
}

TEST_F(DataFolderTest, IsFreeAgainWhenItsHolderIsGone) {
  {
    ASSERT_TRUE(DataFolder::open(path_));
  }
  EXPECT_TRUE(DataFolder::open(path_));
}

TEST_F(DataFolderTest, AFileInItsPlaceIsNamed) {
  std::ofstream{path_} << "not a folder";
  const auto folder = DataFolder::open(path_);
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().message.find(path_), std::string::npos) << folder.error().message;
}

}  // namespace
}  // namespace hanse::node
