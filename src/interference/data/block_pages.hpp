// Texts published as those of block pages.
//
// From the list of ooni/blocking-fingerprints (fingerprints_http.csv, read 2026-11-22): patterns of
// national scope and of operators, chosen for being long enough not to stand in an ordinary page.
// Left out: institutions, products in a user's own network, patterns that OONI marks as false ones.
// For Azerbaijan the list has no entry. 10.10.34.3x also from the test vectors of Censored Planet.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace deadair::interference {

enum class PageField : std::uint8_t { body, location, server };

struct PublishedPage {
  PageField field;
  std::string_view pattern;  // the body contains it; Location and Server begin with it
  std::string_view label;
};

inline constexpr std::string_view kBlockPageReference =
    "ooni/blocking-fingerprints, read 2026-11-22";

inline constexpr std::array kPublishedPages = {
    PublishedPage{PageField::body, "<iframe src=\"http://10.10.34.34", "IR"},
    PublishedPage{PageField::body, "<iframe src=\"http://10.10.34.35", "IR"},
    PublishedPage{PageField::body, "<iframe src=\"http://10.10.34.36", "IR"},
    PublishedPage{PageField::server, "Protected by WireFilter", "AE, SA"},
    PublishedPage{PageField::location, "http://www.bluecoat.com/notify-NotifyUser1", "AE"},
    PublishedPage{PageField::location, "http://lighthouse.du.ae", "AE"},
    PublishedPage{PageField::body, "www.anonymous.com.bh", "BH"},
    PublishedPage{PageField::body, "www.viva.com.bh/static/block", "BH"},
    PublishedPage{PageField::body, "menatelecom.com/deny_page.html", "BH"},
    PublishedPage{PageField::body, "that is considered illegal according to Belgian legislation",
                  "BE"},
    PublishedPage{PageField::location, "https://www.a1.by/mininfo/", "BY"},
    PublishedPage{PageField::location, "http://82.209.230.23", "BY"},
    PublishedPage{PageField::location, "https://internet.mts.by/blocked/", "BY"},
    PublishedPage{PageField::location, "https://vk.com/blank.php?rkn=", "BY, RU"},
    PublishedPage{PageField::location,
                  "http://notification.etisalat.com.eg/etisalat/notification/redirectionactions",
                  "EG"},
    PublishedPage{PageField::body, "www.gamingcommission.gov.gr/index.php/forbidden-access", "GR"},
    PublishedPage{PageField::location, "http://internet-positif.org", "ID"},
    PublishedPage{PageField::location, "http://internetpositif.uzone.id", "ID"},
    PublishedPage{PageField::location, "http://mercusuar.uzone.id/", "ID"},
    PublishedPage{PageField::body, "http://block.uzone.id", "ID"},
};

}  // namespace deadair::interference
