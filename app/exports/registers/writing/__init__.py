"""Writing registers as files: CSV, JSON, XLSX, Parquet and PDF, each without holding the whole in memory."""
