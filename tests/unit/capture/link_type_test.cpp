// The two numberings of link types.
#include "capture/link_type.hpp"

#include <pcap/dlt.h>

#include "catch.hpp"

using namespace deadair::capture;

TEST_CASE("link types: the same but for a few") {
  CHECK(to_dlt(1) == DLT_EN10MB);
  CHECK(to_dlt(101) == DLT_RAW);
  CHECK(to_dlt(100) == DLT_ATM_RFC1483);
  CHECK(to_dlt(106) == DLT_ATM_CLIP);
  CHECK(to_dlt(104) == DLT_C_HDLC);
  CHECK(to_dlt(276) == DLT_LINUX_SLL2);
  for (const int dlt : {DLT_EN10MB, DLT_RAW, DLT_SLIP_BSDOS, DLT_PPP_BSDOS, DLT_LINUX_SLL})
    CHECK(to_dlt(from_dlt(dlt)) == dlt);
  CHECK(from_dlt(DLT_RAW) == 101);
}
