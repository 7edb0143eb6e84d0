#include "common/runtime/frame.hpp"

#include <gtest/gtest.h>

#include <array>
#include <unistd.h>

namespace trainyard::runtime {
namespace {

class FrameBufferTest : public testing::Test {
 protected:
  std::array<int, 2> ends{};
  FrameBuffer buffer;

  void SetUp() override { ASSERT_EQ(::pipe(ends.data()), 0); }
  void TearDown() override {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  void arrive(std::string_view bytes) {
    ASSERT_EQ(::write(ends[1], bytes.data(), bytes.size()), std::ssize(bytes));
    ASSERT_GT(buffer.receive(ends[0]), 0);
  }
};

TEST_F(FrameBufferTest, PutsAFrameTogetherThatArrivesByteByByte) {
  std::string bytes;
  FrameWriter(bytes, FrameKind::progress).number(7).real(0.25).text("Fitting");
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    arrive(bytes.substr(i, 1));
    EXPECT_FALSE(buffer.next());
  }
  arrive(bytes.substr(bytes.size() - 1));
  const auto frame = buffer.next();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->kind, FrameKind::progress);
  FrameFields fields(frame->payload);
  EXPECT_EQ(fields.number(), 7u);
  EXPECT_EQ(fields.real(), 0.25);
  EXPECT_EQ(fields.text(), "Fitting");
  EXPECT_TRUE(fields.ok());
}

TEST_F(FrameBufferTest, TellsWhenTheStreamIsNotFrames) {
  arrive("GET / HTTP/1.1\r\n");
  EXPECT_FALSE(buffer.next());
  EXPECT_TRUE(buffer.corrupt());
}

TEST(FrameFields, AskedForMoreThanThereIsYieldsNothing) {
  FrameFields fields("\x01\x02");
  EXPECT_EQ(fields.number(), 0u);
  EXPECT_EQ(fields.text(), "");
  EXPECT_FALSE(fields.ok());
}

TEST(FrameFields, RefusesAnErrorCodeThatDoesNotExist) {
  std::string bytes;
  FrameWriter(bytes, FrameKind::failure).error({.code = static_cast<Errc>(99), .detail = "?"});
  FrameFields fields(std::string_view(bytes).substr(5));
  EXPECT_EQ(fields.error().code, Errc::internal);
  EXPECT_FALSE(fields.ok());
}

}  // namespace
}  // namespace trainyard::runtime
