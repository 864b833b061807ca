"""A cohort on Apache Spark: the scans are measured by the executors, the results are those of :func:`hilum.run`.

Spark only schedules. An executor is handed the names of scans, hilum reads them where they lie, measures them in a process of
its own, and puts what comes of it into the output folder, which every machine must reach (a store, or a shared disk). Rows
come back to the driver, which writes the tables and the report::

    from pyspark.sql import SparkSession
    import hilum.spark

    spark = SparkSession.builder.getOrCreate()
    result = hilum.spark.run(spark, "s3://bucket/cohort.csv", "s3://bucket/out")

A run that was stopped goes on where it stopped, on Spark or off it: ``hilum run`` with the same arguments does only what is
missing, and the other way round. Works with pyspark 3.5 and 4, classic and Connect. As a script for spark-submit:
``submit.py`` beside this file.
"""

from .driver import run

__all__ = ["run"]
