"""FileReports -> text, JSON and other formats. Knows neither FITS nor specs."""
